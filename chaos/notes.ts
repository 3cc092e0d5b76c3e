import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { now, timeOf } from '../services/ledger/clock.js';
import type { Account } from '../services/ledger/record.js';
import type { Books } from './load/books.js';

/** The run's own log, beside those of the stack. */
export class Notes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  write(words: string): void {
    appendFileSync(join(this.#folder, 'chaos.log'), `${timeOf(now())} ${words}\n`);
  }

  /** Everything that was published and heard, for whoever looks for what went wrong. */
  writeBooks({ publications, accounts }: Books): void {
    const lines = publications.map((publication) => `${JSON.stringify(publication)}\n`);
    writeFileSync(join(this.#folder, 'publications.jsonl'), lines.join(''));
    const folder = join(this.#folder, 'heard');
    mkdirSync(folder, { recursive: true });
    for (const account of accounts) {
      const name = `${account.subscriber}-${account.channel.name.replaceAll(':', '-')}.log`;
      writeFileSync(join(folder, name), heardBy(account));
    }
  }
}

const heardBy = ({ messages, times, marks, channel }: Account): string => {
  const lines: string[] = [];
  const { places } = channel;
  const told = (index: number): void => {
    for (const { kind, epoch, offset } of marks.filter(({ before }) => before === index)) {
      lines.push(`${kind} ${epoch} ${offset}`);
    }
  };
  for (const [index, message] of messages.entries()) {
    told(index);
    const at = timeOf(channel.unpackTime(times[index] ?? 0));
    lines.push(`${at} ${places.epochOf(message)} ${places.offsets[message] ?? ''} ${places.idOf(message)}`);
  }
  told(messages.length);
  return `${lines.join('\n')}\n`;
};
