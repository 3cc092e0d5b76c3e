import { randomFillSync } from 'node:crypto';

const BYTES = 9;
const KEPT = 512;

/** Names for lives, should one begin: each is given once, since an epoch must never name two lives. */
export class EpochCandidates {
  /** Every publish takes one, and asking the system for a few bytes costs as much as for a pool of them. */
  readonly #pool = Buffer.alloc(BYTES * KEPT);
  #next = this.#pool.length;

  next(): string {
    if (this.#next === this.#pool.length) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    const start = this.#next;
    this.#next += BYTES;
    return this.#pool.toString('base64url', start, this.#next);
  }
}
