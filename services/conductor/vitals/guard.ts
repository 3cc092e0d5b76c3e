import { Failure } from '../failure.js';
import type { Reading } from './figures.js';
import { pauseReason, type BakeJudge } from './judge.js';
import type { Thresholds } from './thresholds.js';

/** Workers close a window of their figures so often: looks closer together would see the same one twice. */
const JUDGE_EVERY_MS = 500;

/** Looks at a color that is being given connections. */
export class Guard {
  readonly #read: () => Promise<readonly Reading[]>;
  readonly #thresholds: Thresholds;
  readonly #judge: BakeJudge | undefined;
  #worstLagMs = 0;
  #before: readonly Reading[] = [];
  #judgedAt = -Infinity;

  /** @param judge decides whether all must be taken back; undefined: there is nowhere to go back to */
  constructor(read: () => Promise<readonly Reading[]>, thresholds: Thresholds, judge: BakeJudge | undefined) {
    this.#read = read;
    this.#thresholds = thresholds;
    this.#judge = judge;
  }

  /** The highest event-loop lag p99 that any look found, ms. */
  get worstLagMs(): number {
    return this.#worstLagMs;
  }

  /** Why it should be given nobody more for the moment, in words; undefined: it is well. @throws {Failure} on a breach */
  async look(): Promise<string | undefined> {
    const readings = await this.#read();
    const reason = pauseReason(readings, this.#before, this.#thresholds);
    this.#before = readings;
    this.#worstLagMs = Math.max(this.#worstLagMs, ...readings.map(({ moments }) => moments.event_loop_lag_ms ?? 0));
    if (performance.now() - this.#judgedAt < JUDGE_EVERY_MS) return reason;
    this.#judgedAt = performance.now();
    const breach = this.#judge?.look(readings);
    if (breach !== undefined) throw new Failure(breach);
    return reason;
  }
}
