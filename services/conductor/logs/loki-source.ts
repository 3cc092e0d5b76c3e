import { MOST_LINES, queryRange, type Found } from '../../loki/query.js';
import { CONDUCTOR_SERVICE } from '../journal/unsent.js';
import { CONDUCTOR } from './log-tail.js';
import { parseLine, type LogLine } from './log-lines.js';
import type { LogSource } from './log-source.js';

export type LokiQuestion = Readonly<{
  url: string;
  query: string;
  /** ms since 1970; undefined: as far back as Loki is asked. */
  since: number | undefined;
}>;

const NS_PER_MS = 1_000_000n;
/** Lines come to Loki up to some seconds after they were written, a worker's before another's. */
const OVERLAP_NS = 10_000n * NS_PER_MS;
/** A line's time has digits behind its millisecond. */
const AHEAD_NS = 1_000n * NS_PER_MS;
const FARTHEST_MS = 7 * 24 * 3_600_000;

/** Lines that Loki has. Its methods throw what `queryRange` throws. */
export class LokiSource implements LogSource {
  readonly #question: LokiQuestion;
  readonly #clock: () => number;
  /** Those given whose time is not far behind us: they are found again, and not given again. */
  #given = new Map<string, bigint>();
  /** The newest that was given, and the oldest that may be. */
  #from: bigint;
  #floor: bigint;

  constructor(question: LokiQuestion, clock: () => number = Date.now) {
    this.#question = question;
    this.#clock = clock;
    this.#from = BigInt(question.since ?? clock() - FARTHEST_MS) * NS_PER_MS;
    this.#floor = this.#from;
  }

  async last(count: number): Promise<readonly LogLine[]> {
    const start = this.#from;
    const begin = this.#now();
    const found: Found[] = [];
    for (let end = begin; found.length < count;) {
      const limit = Math.min(MOST_LINES, count - found.length);
      const page = await this.#ask({ start, end, limit, direction: 'backward' });
      const fresh = this.#notGiven(page);
      const [oldest] = fresh;
      found.unshift(...fresh);
      if (oldest === undefined || page.length < limit) break;
      end = oldest.at + 1n;
    }
    this.#from = found.at(-1)?.at ?? begin;
    this.#floor = found[0]?.at ?? begin - AHEAD_NS;
    return found.map(lineOf);
  }

  async next(): Promise<readonly LogLine[]> {
    const found: Found[] = [];
    const overlapping = this.#from - OVERLAP_NS;
    for (let start = overlapping > this.#floor ? overlapping : this.#floor; ;) {
      const page = await this.#ask({ start, end: this.#now(), limit: MOST_LINES, direction: 'forward' });
      found.push(...this.#notGiven(page));
      const newest = page.at(-1);
      if (newest !== undefined && newest.at > this.#from) this.#from = newest.at;
      if (newest === undefined || page.length < MOST_LINES || newest.at === start) break;
      start = newest.at;
    }
    for (const [key, at] of this.#given) if (at < this.#from - OVERLAP_NS) this.#given.delete(key);
    return found.map(lineOf);
  }

  #notGiven(page: readonly Found[]): readonly Found[] {
    return page.filter(({ labels, at, line }) => {
      const key = `${at} ${JSON.stringify(labels)} ${line}`;
      if (this.#given.has(key)) return false;
      this.#given.set(key, at);
      return true;
    });
  }

  #ask(range: Omit<Parameters<typeof queryRange>[1], 'query'>): Promise<readonly Found[]> {
    return queryRange(this.#question.url, { query: this.#question.query, ...range });
  }

  #now(): bigint {
    return BigInt(this.#clock()) * NS_PER_MS + AHEAD_NS;
  }
}

const lineOf = ({ labels, at, line }: Found): LogLine => {
  const { service = '', color, worker = '', level } = labels;
  const name = service === CONDUCTOR_SERVICE ? CONDUCTOR : service;
  const parsed = parseLine(color === undefined ? name : `${color}-${worker}`, line, Number(at / NS_PER_MS));
  return level === undefined ? parsed : { ...parsed, level };
};
