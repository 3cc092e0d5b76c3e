import type { Bearing } from '../vitals/judge.js';

/** A move begins with this share of its full rate. */
const FIRST_SHARE = 0.1;
/** A rate below this moves nobody in a time that a person would wait. */
const LEAST_RATE = 20;
const FASTER = 1.25;
const SLOWER = 0.85;
const MUCH_SLOWER = 0.5;

/**
 * How many connections a second are told to move: it begins slowly, grows look by look to the full rate while all is
 * well, gives way under strain, and falls to the half in trouble, while nobody is told at all.
 */
export class Pacemaker {
  readonly #full: number;
  #rate: number;

  constructor(full: number) {
    this.#full = full;
    this.#rate = this.#bounded(full * FIRST_SHARE);
  }

  /** The rate until the next look. */
  after({ kind }: Bearing): number {
    const factor = { well: FASTER, strained: SLOWER, trouble: MUCH_SLOWER }[kind];
    this.#rate = this.#bounded(this.#rate * factor);
    return this.#rate;
  }

  #bounded(rate: number): number {
    return Math.min(this.#full, Math.max(LEAST_RATE, rate));
  }
}
