import { LogTail } from './log-tail.js';
import { isWanted, type Wanted } from './log-filters.js';
import type { LogLine } from './log-lines.js';

/** Where lines are read: files, or Loki. What it gives is filtered and in order of time. */
export interface LogSource {
  /** The last `count` lines there are. Called once, first. */
  last(count: number): Promise<readonly LogLine[]>;
  /** What came since the last call. */
  next(): Promise<readonly LogLine[]>;
}

/** The log files of a stack, with what was put aside of them. */
export class FileSource implements LogSource {
  readonly #tail: LogTail;
  readonly #wanted: Wanted;

  constructor(folder: string, wanted: Wanted) {
    this.#tail = new LogTail(folder);
    this.#wanted = wanted;
  }

  last(count: number): Promise<readonly LogLine[]> {
    const lines = this.#tail.last(count, (line) => isWanted(this.#wanted, line), this.#wanted.since);
    return Promise.resolve(count === 0 ? [] : lines.slice(-count));
  }

  next(): Promise<readonly LogLine[]> {
    return Promise.resolve(this.#tail.read().filter((line) => isWanted(this.#wanted, line)));
  }
}
