import { appendFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EntryTimes } from '../../loki/entry-times.js';
import { pushTo, type Entry, type Push } from '../../loki/push.js';
import { endOf } from '../engines/local/log-files.js';
import { CONDUCTOR_SERVICE, pushLines, Unsent } from './unsent.js';

export type JournalLevel = 'INFO' | 'WARN' | 'ERROR';
export type JournalFields = Readonly<Record<string, unknown>> & Readonly<{ event: string }>;

const KEPT_BYTES = 5_000_000;
const FLUSH_MS = 1_000;
/** A verb writes some twenty. */
const MOST_WAITING = 1_000;

/** Lines that a journal at `path` could not send. */
export const unsentOf = (path: string): string => `${path}.unsent`;

/**
 * What the conductor does to a stack, as JSON lines: in a file of the run directory, and in Loki where there is one. It is
 * written beside the work and never hinders it: a line that can be written in neither place is lost without a word.
 */
export class Journal {
  readonly #path: string;
  readonly #push: Push | undefined;
  readonly #unsent: Unsent;
  readonly #times = new EntryTimes();
  #isOpen = false;
  #waiting: Entry[] = [];
  #sending: Promise<void> | undefined;

  /** `lokiUrl` undefined: the file alone. */
  constructor(path: string, lokiUrl: string | undefined) {
    this.#path = path;
    this.#unsent = new Unsent(unsentOf(path));
    this.#push = lokiUrl === undefined ? undefined : pushTo(lokiUrl);
  }

  write(level: JournalLevel, fields: JournalFields, message: string): void {
    const now = new Date();
    const line = JSON.stringify({
      timestamp: now.toISOString(),
      level,
      service: CONDUCTOR_SERVICE,
      ...fields,
      message,
    });
    // What the verb before could not send goes first.
    if (!this.#isOpen && this.#push !== undefined) this.#waiting = [...this.#unsent.read()];
    this.#toFile(line);
    if (this.#push === undefined) return;
    const entry: Entry = { level, at: this.#times.at(now.getTime()), line };
    this.#waiting = [...this.#waiting, entry].slice(-MOST_WAITING);
    this.#sending ??= this.#send(this.#push);
  }

  /**
   * Until Loki has every line, for at most a second, and no longer than it answers; the others are kept for whoever comes
   * next. Never rejects.
   */
  async flush(): Promise<void> {
    if (this.#push === undefined) return;
    await Promise.race([this.#sendAll(this.#push), sleep(FLUSH_MS, undefined, { ref: false })]);
    this.#unsent.keep(this.#waiting);
  }

  async #sendAll(push: Push): Promise<void> {
    await this.#sending;
    await this.#send(push);
  }

  async #send(push: Push): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      const { kind } = await pushLines(push, batch);
      if (kind === 'away') break;
      this.#waiting = this.#waiting.filter((entry) => !batch.includes(entry));
    }
    this.#sending = undefined;
  }

  #toFile(line: string): void {
    try {
      if (!this.#isOpen) {
        // Its parent is there: what is written about has a run directory.
        if (!existsSync(dirname(this.#path))) mkdirSync(dirname(this.#path));
        if (endOf(this.#path) > KEPT_BYTES) renameSync(this.#path, `${this.#path}.1`);
        this.#isOpen = true;
      }
      appendFileSync(this.#path, `${line}\n`);
    } catch {
      // A full disk must not stop a deploy.
    }
  }
}
