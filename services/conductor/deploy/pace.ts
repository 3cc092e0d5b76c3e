import type { Bearing } from '../vitals/judge.js';

/** A move begins with this share of its full rate. */
const FIRST_SHARE = 0.2;
/** Never slower than this share: pauses are what stops a move, and they end. */
const LEAST_SHARE = 0.05;
/** Each look. A client that does not move by itself is closed at its deadline: what it costs shows seconds after its slot. */
const FASTER = 1.035;
/** While it is slower than it began. */
const BACK_TO_FIRST = 1.15;
const SLOWER = 0.9;
const MUCH_SLOWER = 0.7;

/**
 * How many connections a second are told to move: it begins slowly, grows look by look to the full rate while all is
 * well, stays where it is when that is enough, gives way under strain, and falls in trouble, while nobody is told at all.
 */
export class Pacemaker {
  readonly #full: number;
  readonly #first: number;
  #rate: number;

  constructor(full: number) {
    this.#full = full;
    this.#first = this.#bounded(full * FIRST_SHARE);
    this.#rate = this.#first;
  }

  /** The rate until the next look. */
  after({ kind }: Bearing): number {
    const faster = this.#rate < this.#first ? BACK_TO_FIRST : FASTER;
    const factor = { well: faster, enough: 1, strained: SLOWER, trouble: MUCH_SLOWER }[kind];
    this.#rate = this.#bounded(this.#rate * factor);
    return this.#rate;
  }

  #bounded(rate: number): number {
    return Math.min(this.#full, Math.max(this.#full * LEAST_SHARE, rate));
  }
}
