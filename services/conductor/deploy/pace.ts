import type { Bearing } from '../vitals/judge.js';

/** A move begins with this share of its full rate where the machine of the new color has nothing else to do; with less where it has. */
const FIRST_SHARE = 0.5;
/** Never slower than this share: pauses are what stops a move, and they end. */
const LEAST_SHARE = 0.1;
/** Each look, where there is all room; the less of it is left, the slower it grows. */
const GROWTH = 0.06;
const SLOWER = 0.9;
const MUCH_SLOWER = 0.7;
/**
 * A client that does not move by itself is closed at its deadline: what it costs shows seconds after its slot. So nobody
 * is told much faster than connections were seen to move.
 */
const AHEAD = 1.5;

/**
 * How many connections a second are told to move: it begins with what there is room for, grows look by look to the full
 * rate while all is well, stays where it is when that is enough, gives way under strain, and falls in trouble, while
 * nobody is told at all.
 */
export class Pacemaker {
  readonly #full: number;
  #first: number | undefined;
  #rate = 0;

  constructor(full: number) {
    this.#full = full;
  }

  /** The rate until the next look. `movedPerSecond`: connections that moved in the last second. */
  after(bearing: Bearing, movedPerSecond: number): number {
    if (this.#first === undefined) {
      const share = bearing.kind === 'well' ? FIRST_SHARE * bearing.room : LEAST_SHARE;
      this.#first = this.#bounded(this.#full * share);
      this.#rate = this.#first;
      return this.#rate;
    }
    const proven = Math.max(this.#first, movedPerSecond * AHEAD);
    switch (bearing.kind) {
      case 'well':
        // What was reached before is no news: only growing needs proof.
        this.#rate = this.#bounded(Math.max(this.#rate, Math.min(proven, this.#rate * (1 + GROWTH * bearing.room))));
        break;
      case 'enough':
        break;
      case 'strained':
        this.#rate = this.#bounded(this.#rate * SLOWER);
        break;
      case 'trouble':
        this.#rate = this.#bounded(this.#rate * MUCH_SLOWER);
        break;
      default:
        bearing satisfies never;
    }
    return this.#rate;
  }

  #bounded(rate: number): number {
    return Math.min(this.#full, Math.max(this.#full * LEAST_SHARE, rate));
  }
}
