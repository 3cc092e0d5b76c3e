import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { endOf, wholeFrom } from '../engines/local/log-files.js';
import { parseLine, type LogLine } from './log-lines.js';
import { LogPast } from './log-past.js';

/** The conductor's own lines: its name among the workers, and its file. */
export const CONDUCTOR = 'conductor';
export const CONDUCTOR_LOG = `${CONDUCTOR}.log`;

const LOG_FILE = /^((?:tasks-)?(?:blue|green)-[A-Za-z0-9_-]+|conductor)\.log$/;

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

  /**
   * The newest lines that are wanted, at most `count` of each log with what was put aside of it, oldest first over all. It looks
   * no further back than `since` (ms since 1970). From now on only what is new.
   */
  last(count: number, isWanted: (line: LogLine) => boolean, since = 0): readonly LogLine[] {
    return this.#files()
      .flatMap(([source, file]) => {
        const past = new LogPast(file);
        let found: readonly LogLine[] = [];
        for (const piece of past.pieces()) {
          const lines = this.#parse(source, piece, 0);
          if (!this.#times.has(file)) this.#times.set(file, lines.at(-1)?.time ?? 0);
          found = [...lines.filter(isWanted), ...found];
          if (found.length >= count || (lines[0]?.time ?? 0) < since) break;
        }
        this.#ends.set(file, past.end);
        return count === 0 ? [] : found.slice(-count);
      })
      .sort((a, b) => a.time - b.time);
  }

  /** Whole lines that came since the last look, oldest first over all files. */
  read(): readonly LogLine[] {
    return this.#files()
      .flatMap(([source, file]) => this.#readFile(source, file))
      .sort((a, b) => a.time - b.time);
  }

  #readFile(source: string, file: string): readonly LogLine[] {
    const from = this.#ends.get(file) ?? 0;
    const wasPutAside = endOf(file) < from;
    const before = wasPutAside ? wholeFrom(`${file}.1`, from) : '';
    const text = wholeFrom(file, wasPutAside ? 0 : from);
    const complete = text.lastIndexOf('\n') + 1;
    this.#ends.set(file, (wasPutAside ? 0 : from) + Buffer.byteLength(text.slice(0, complete)));
    const lines = `${before}${text.slice(0, complete)}`.split('\n').filter((raw) => raw !== '');
    const parsed = this.#parse(source, lines, this.#times.get(file) ?? 0);
    const last = parsed.at(-1);
    if (last !== undefined) this.#times.set(file, last.time);
    return parsed;
  }

  #parse(source: string, lines: readonly string[], timeBefore: number): readonly LogLine[] {
    let time = timeBefore;
    return lines.map((raw) => {
      const line = parseLine(source, raw, time);
      time = line.time;
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
