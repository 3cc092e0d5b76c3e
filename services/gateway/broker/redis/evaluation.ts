import { Command } from 'ioredis';
import type { Script } from './scripts.js';

/** A word as Redis is told it. */
const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** One that has nothing but ASCII. */
const ascii = (text: string): string => `$${text.length}\r\n${text}\r\n`;

/**
 * The call of a script, put together as text when it is made: half of what a command of the client's own costs, which looks at
 * each word several times. The client, which writes it and takes its reply, sees no arguments.
 */
export class Evaluation extends Command {
  readonly #text: string;

  constructor({ sha }: Script, keys: readonly string[], args: readonly (string | number)[]) {
    super('evalsha', [], { replyEncoding: 'utf8' });
    let text = `*${3 + keys.length + args.length}\r\n$7\r\nevalsha\r\n${ascii(sha)}${ascii(`${keys.length}`)}`;
    for (const key of keys) text += bulk(key);
    for (const arg of args) text += typeof arg === 'number' ? ascii(`${arg}`) : bulk(arg);
    this.#text = text;
  }

  override toWritable(): string {
    return this.#text;
  }
}
