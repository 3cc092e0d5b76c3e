import { Failure } from '../failure.js';
import type { Reading } from './figures.js';
import { bearingOf, type BakeJudge, type Bearing } from './judge.js';
import type { Thresholds } from './thresholds.js';

/** Looks closer together would see the same windows of the workers' figures twice. */
const JUDGE_EVERY_MS = 500;

export type Read = () => Promise<readonly Reading[]>;
/** Whether a color must be left again. `read`: what is judged. */
export type Trial = Readonly<{ judge: BakeJudge; read: Read }>;

/** Looks at the colors while connections move between them. */
export class Guard {
  readonly #read: Read;
  readonly #thresholds: Thresholds;
  readonly #trial: Trial | undefined;
  #worstLagMs = 0;
  #before: readonly Reading[] = [];
  #judgedAt = -Infinity;

  /**
   * @param read those that bear the move: the new color first of all
   * @param trial undefined: there is nowhere to go back to
   */
  constructor(read: Read, thresholds: Thresholds, trial: Trial | undefined) {
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
    if (this.#trial === undefined || performance.now() - this.#judgedAt < JUDGE_EVERY_MS) return bearing;
    this.#judgedAt = performance.now();
    const breach = this.#trial.judge.look(await this.#trial.read());
    if (breach !== undefined) throw new Failure(breach);
    return bearing;
  }
}
