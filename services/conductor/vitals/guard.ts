import { Failure } from '../failure.js';
import type { Reading } from './figures.js';
import { bearingOf, type BakeJudge, type Bearing } from './judge.js';
import type { Thresholds } from './thresholds.js';

/** Looks closer together would see the same windows of the workers' figures twice. */
const JUDGE_EVERY_MS = 500;

export type Read = () => Promise<readonly Reading[]>;
/** Whether a color must be left again. `read`: what is judged. */
export type Trial = Readonly<{ judge: BakeJudge; read: Read }>;

/** Looks at a color while connections move to it: how it bears that, and whether it must be left again. */
export class Guard {
  readonly #read: Read;
  readonly #thresholds: Thresholds;
  readonly #trial: Trial;
  #worstLagMs = 0;
  #before: readonly Reading[] = [];
  #judgedAt = -Infinity;

  /**
   * @param read those that the connections go to
   * @param trial those that are judged, and how
   */
  constructor(read: Read, thresholds: Thresholds, trial: Trial) {
    this.#read = read;
    this.#thresholds = thresholds;
    this.#trial = trial;
  }

  /** The highest event-loop lag p99 that any look found, ms. */
  get worstLagMs(): number {
    return this.#worstLagMs;
  }

  /** @throws {Failure} on a breach */
  async look(): Promise<Bearing> {
    const readings = await this.#read();
    const bearing = bearingOf(readings, this.#before, this.#thresholds);
    this.#before = readings;
    this.#worstLagMs = Math.max(this.#worstLagMs, ...readings.map(({ moments }) => moments.event_loop_lag_ms ?? 0));
    if (performance.now() - this.#judgedAt < JUDGE_EVERY_MS) return bearing;
    this.#judgedAt = performance.now();
    const breach = this.#trial.judge.look(await this.#trial.read());
    if (breach !== undefined) throw new Failure(breach);
    return bearing;
  }
}
