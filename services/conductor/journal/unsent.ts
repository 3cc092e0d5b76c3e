import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { encodePush, type Entry, type Push } from '../../loki/push.js';

/** The conductor's lines: `service` in them, and the label in Loki. */
export const CONDUCTOR_SERVICE = 'switchyard-conductor';

const Entries = z.array(z.object({ level: z.string(), at: z.string(), line: z.string() }));
const PUSH_TIMEOUT_MS = 2_000;

/**
 * Lines that Loki had not taken when a verb ended, in a file: that of `up` comes before Loki is ready. Each keeps its time,
 * so that one which is sent twice is one in Loki. What can't be read or written is lost without a word.
 */
export class Unsent {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Oldest first. */
  read(): readonly Entry[] {
    try {
      return Entries.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return [];
    }
  }

  /** In place of what it held. */
  keep(entries: readonly Entry[]): void {
    try {
      if (entries.length === 0) rmSync(this.#path, { force: true });
      else {
        writeFileSync(`${this.#path}.new`, JSON.stringify(entries));
        renameSync(`${this.#path}.new`, this.#path);
      }
    } catch {
      // They stand in the conductor's own log.
    }
  }

  /** Gives Loki all of it, if it answers. Never rejects. */
  async send(push: Push): Promise<void> {
    const entries = this.read();
    if (entries.length === 0) return;
    const { kind } = await pushLines(push, entries);
    // A verb that ended meanwhile has left others.
    const taken = new Set(entries.map(({ at }) => at));
    if (kind !== 'away') this.keep(this.read().filter(({ at }) => !taken.has(at)));
  }
}

export const pushLines = (push: Push, entries: readonly Entry[]): ReturnType<Push> =>
  push(encodePush({ service: CONDUCTOR_SERVICE }, entries), PUSH_TIMEOUT_MS);
