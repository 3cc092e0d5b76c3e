import type { Bearing } from '../vitals/judge.js';

/** A move begins with its full rate where the machine of the new color is idle; with far less where it has work. */
const FIRST_SHARE = 1.1;
/** Never slower than this share: pauses are what stops a move, and they end. */
const LEAST_SHARE = 0.1;
/** A look to the next: no faster. */
const GROWTH = 1.08;
const SLOWER = 0.9;
const MUCH_SLOWER = 0.7;
/**
 * A client that does not move by itself is closed at its deadline: what it costs shows seconds after its slot, and so
 * does what a slower rate spares. Until then only so much is taken off what was seen to move.
 */
const LEAST_OF_MOVED = { strained: 0.8, trouble: 0.5 };

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
      const share = bearing.kind === 'well' ? FIRST_SHARE * bearing.room ** 3 : LEAST_SHARE;
      this.#first = this.#bounded(this.#full * share);
      this.#rate = this.#first;
      return this.#rate;
    }
    switch (bearing.kind) {
      case 'well':
        this.#rate = this.#bounded(this.#grown(bearing.room, movedPerSecond));
        break;
      case 'enough':
        break;
      case 'strained':
        this.#rate = this.#bounded(this.#cut(SLOWER, movedPerSecond * LEAST_OF_MOVED.strained));
        break;
      case 'trouble':
        this.#rate = this.#bounded(this.#cut(MUCH_SLOWER, movedPerSecond * LEAST_OF_MOVED.trouble));
        break;
      default:
        bearing satisfies never;
    }
    return this.#rate;
  }

  /** What is seen to move leaves so much room; all of the work would be that of the move at worst. */
  #grown(room: number, movedPerSecond: number): number {
    const fits = Math.max(this.#first ?? 0, movedPerSecond / Math.max(0.01, 1 - room));
    return Math.max(this.#rate, Math.min(fits, this.#rate * GROWTH));
  }

  #cut(share: number, least: number): number {
    return Math.min(this.#rate, Math.max(this.#rate * share, least));
  }

  #bounded(rate: number): number {
    return Math.min(this.#full, Math.max(this.#full * LEAST_SHARE, rate));
  }
}
