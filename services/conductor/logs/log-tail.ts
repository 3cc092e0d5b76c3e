import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { endOf, readFrom } from '../engines/local/log-files.js';
import { parseLine, type LogLine } from './log-lines.js';

/** The conductor's own lines: its name among the workers, and its file. */
export const CONDUCTOR = 'conductor';
export const CONDUCTOR_LOG = `${CONDUCTOR}.log`;

const LOG_FILE = /^((?:blue|green)-[A-Za-z0-9_-]+|conductor)\.log$/;

/** Reads what the log files of workers and conductor have more than at the last look. */
export class LogTail {
  readonly #folder: string;
  readonly #ends = new Map<string, number>();
  readonly #times = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** From now on only what is new. */
  skip(): void {
    for (const [, file] of this.#files()) this.#ends.set(file, endOf(file));
  }

  /** Whole lines that came since the last look, oldest first over all files. */
  read(): readonly LogLine[] {
    return this.#files()
      .flatMap(([source, file]) => this.#readFile(source, file))
      .sort((a, b) => a.time - b.time);
  }

  #readFile(source: string, file: string): readonly LogLine[] {
    const end = endOf(file);
    const from = this.#ends.get(file) ?? 0;
    const text = readFrom(file, from);
    const complete = text.lastIndexOf('\n') + 1;
    this.#ends.set(file, end - Buffer.byteLength(text.slice(complete)));
    return text
      .slice(0, complete)
      .split('\n')
      .filter((raw) => raw !== '')
      .map((raw) => {
        const line = parseLine(source, raw, this.#times.get(file) ?? 0);
        this.#times.set(file, line.time);
        return line;
      });
  }

  #files(): readonly (readonly [string, string])[] {
    try {
      return readdirSync(this.#folder).flatMap((name) => {
        const source = LOG_FILE.exec(name)?.[1];
        return source === undefined ? [] : [[source, join(this.#folder, name)] as const];
      });
    } catch {
      return [];
    }
  }
}
