import { shareNames, type Moment, type Reading, type Share } from './figures.js';
import { overIn } from './judge.js';
import type { Thresholds } from './thresholds.js';

const MOMENT: Moment = 'delivery_lag_ms';

/**
 * While connections move, the probes are on both colors. What they meet is no fault of the new one where the color that
 * is left shows the same by its own figures, or has lost a worker: only what the new one does alone refuses it.
 */
export class Excuses {
  readonly #left: () => Promise<readonly Reading[]>;
  readonly #thresholds: Thresholds;
  /** What the probes are excused for, and by what, in words. */
  readonly #figures = new Map<Moment | Share, string>();

  /** @param left the workers of the color that is left */
  constructor(left: () => Promise<readonly Reading[]>, thresholds: Thresholds) {
    this.#left = left;
    this.#thresholds = thresholds;
  }

  /** Why the probes are not judged by all that they meet; empty: they are. */
  get words(): readonly string[] {
    return [...new Set(this.#figures.values())];
  }

  async look(): Promise<void> {
    for (const reading of await this.#left()) {
      const { source, isMissing = false, isRestarted = false } = reading;
      if (isMissing || isRestarted) {
        for (const name of [MOMENT, ...shareNames]) this.#excuse(name, `${source} went down`);
      }
      for (const [name, words] of overIn(reading, this.#thresholds)) {
        // Whatever is late in a worker makes its deliveries late.
        this.#excuse(isShare(name) ? name : MOMENT, words);
      }
    }
  }

  /** What the probes met, without what is excused. */
  from(probes: Reading): Reading {
    const moments: Reading['moments'] = Object.fromEntries(this.#judged(probes.moments));
    const shares: Reading['shares'] = Object.fromEntries(this.#judged(probes.shares));
    return { ...probes, moments, shares };
  }

  #excuse(name: Moment | Share, words: string): void {
    if (!this.#figures.has(name)) this.#figures.set(name, words);
  }

  #judged<T>(figures: Readonly<Record<string, T>>): readonly [string, T][] {
    const excused = new Set<string>(this.#figures.keys());
    return Object.entries(figures).filter(([name]) => !excused.has(name));
  }
}

const isShare = (name: Moment | Share): name is Share => shareNames.some((share) => share === name);
