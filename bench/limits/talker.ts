import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { knock } from './knocking.js';
import type { Account } from './rule.js';

const Frame = z.object({ type: z.string(), session_id: z.string().optional() });
const EVERY_MS = 50;
const ANSWERED_WITHIN_MS = 10_000;

/** One client that publishes more than it may, on one worker and then, with its session, on the other. */
export class Talker {
  readonly #urls: readonly [string, string];
  readonly #address: string;
  readonly #channel: string;
  #session = '';
  #sent = 0;
  #accepted = 0;
  #limited = 0;

  constructor(urls: readonly [string, string], address: string, channel: string) {
    this.#urls = urls;
    this.#address = address;
    this.#channel = channel;
  }

  /** Talks for so long, half of it on each worker. */
  async talk(seconds: number): Promise<Account> {
    let talked = 0;
    for (const url of this.#urls) talked += await this.#talkTo(url, seconds / this.#urls.length);
    return { sent: this.#sent, accepted: this.#accepted, limited: this.#limited, seconds: talked };
  }

  /** Resolves with the seconds from the beginning of this talk to its last message, when all is answered. */
  async #talkTo(url: string, seconds: number): Promise<number> {
    let welcome: () => void = () => undefined;
    const welcomed = new Promise<void>((resolve) => (welcome = resolve));
    const query = this.#session === '' ? '' : `?session=${this.#session}`;
    const socket = await knock(url + query, this.#address, (text) => {
      const { type, session_id: session } = Frame.parse(JSON.parse(text));
      if (session !== undefined) this.#session = session;
      if (type === 'system.welcome') welcome();
      if (type === 'ack') this.#accepted += 1;
      if (type === 'system.rate_limited') this.#limited += 1;
    });
    if (socket === undefined) throw new Error(`${this.#address} was not let in`);
    await welcomed;
    const began = performance.now();
    while (performance.now() - began < seconds * 1_000) {
      this.#sent += 1;
      socket.send(JSON.stringify({ type: 'publish', channel: this.#channel, data: 0, id: String(this.#sent) }));
      await sleep(EVERY_MS);
    }
    const talked = (performance.now() - began) / 1_000;
    const deadline = performance.now() + ANSWERED_WITHIN_MS;
    while (this.#accepted + this.#limited < this.#sent && performance.now() < deadline) await sleep(EVERY_MS);
    socket.terminate();
    return talked;
  }
}
