import { EventSampler } from './logger.js';

/** The same offender is told of again after this, with what it did meanwhile. */
const AGAIN_AFTER_MS = 10_000;
/** Lines a second, of all offenders. */
const PER_SECOND = 10;
/** So many are told apart; with more, whoever was told of longest ago is forgotten. */
const MOST_KEYS = 1_024;

type Offender = Readonly<{ againAtMs: number; times: number }>;

/**
 * Thins out the log lines about clients that are refused: of each the first, then one in ten seconds; of all together
 * ten a second. So neither one that goes on hides the others, nor do many fill the log.
 */
export class OffenderSampler {
  readonly #all = new EventSampler(PER_SECOND);
  readonly #offenders = new Map<string, Offender>();

  /**
   * Undefined: no line. Else one, for so many `times` since its last.
   * @param key who, and what for
   */
  take(key: string, nowMs: number): Readonly<{ times: number }> | undefined {
    const { againAtMs, times } = this.#offenders.get(key) ?? { againAtMs: nowMs, times: 0 };
    if (nowMs < againAtMs || this.#all.take(nowMs) === undefined) {
      this.#note(key, { againAtMs, times: times + 1 });
      return undefined;
    }
    // Behind all others: the first of the map is the one that was told of longest ago.
    this.#offenders.delete(key);
    this.#note(key, { againAtMs: nowMs + AGAIN_AFTER_MS, times: 0 });
    return { times: times + 1 };
  }

  #note(key: string, offender: Offender): void {
    this.#offenders.set(key, offender);
    if (this.#offenders.size <= MOST_KEYS) return;
    for (const oldest of this.#offenders.keys()) {
      this.#offenders.delete(oldest);
      return;
    }
  }
}
