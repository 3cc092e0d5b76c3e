import { Failure } from '../failure.js';
import type { Reading } from './figures.js';
import { bearingOf, BakeJudge, type Bearing } from './judge.js';
import type { Thresholds } from './thresholds.js';

/** Looks closer together would see the same windows of the workers' figures twice. */
const JUDGE_EVERY_MS = 500;

/** Looks at a color while connections move to it: how it bears that, and whether it must be left again. */
export class Guard {
  readonly #workers: () => Promise<readonly Reading[]>;
  readonly #probes: () => readonly Reading[];
  readonly #thresholds: Thresholds;
  readonly #judge: BakeJudge;
  #worstLagMs = 0;
  #before: readonly Reading[] = [];
  #judgedAt = -Infinity;

  /**
   * @param workers those that the connections go to: they set the pace, and are judged
   * @param probes what else is judged
   */
  constructor(workers: () => Promise<readonly Reading[]>, probes: () => readonly Reading[], thresholds: Thresholds) {
    this.#workers = workers;
    this.#probes = probes;
    this.#thresholds = thresholds;
    this.#judge = new BakeJudge(thresholds);
  }

  /** The highest event-loop lag p99 that any look found, ms. */
  get worstLagMs(): number {
    return this.#worstLagMs;
  }

  /** @throws {Failure} on a breach */
  async look(): Promise<Bearing> {
    const readings = await this.#workers();
    const bearing = bearingOf(readings, this.#before, this.#thresholds);
    this.#before = readings;
    this.#worstLagMs = Math.max(this.#worstLagMs, ...readings.map(({ moments }) => moments.event_loop_lag_ms ?? 0));
    if (performance.now() - this.#judgedAt < JUDGE_EVERY_MS) return bearing;
    this.#judgedAt = performance.now();
    const breach = this.#judge.look([...readings, ...this.#probes()]);
    if (breach !== undefined) throw new Failure(breach);
    return bearing;
  }
}
