import type { Bearing } from '../vitals/judge.js';

/** A move begins with this share of its full rate. */
const FIRST_SHARE = 0.3;
/** A rate below this moves nobody in a time that a person would wait. */
const LEAST_RATE = 20;
/** A look. A client that does not move by itself is closed at its deadline: what it costs shows seconds after its slot. */
const FASTER = 1.05;
const SLOWER = 0.9;
const MUCH_SLOWER = 0.7;

/**
 * How many connections a second are told to move: it begins slowly, grows look by look to the full rate while all is
 * well, gives way under strain, and falls in trouble, while nobody is told at all.
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
