/** So many sessions are being opened at a time: more of them would be no faster, and stand before everybody who talks. */
const MOST_AT_ONCE = 32;
/** When no opening has come to its end for so long, ms, Redis gives no answer: then nobody waits for another. */
const STALLED_MS = 500;

/**
 * The places in which sessions are opened. When a herd comes back at once, most of it waits here, in its order, and what
 * open connections say goes in between; at any other time nobody waits.
 */
export class Openings {
  readonly #waiting = new Set<() => void>();
  #underWay = 0;
  #hasEnded = false;
  #watch: NodeJS.Timeout | undefined;

  /** Opens in a place, as soon as one is free. Rejects as `open` does. */
  async run(open: () => Promise<void>): Promise<void> {
    // Who waited has been given the place of another.
    if (this.#underWay >= MOST_AT_ONCE) await this.#turn();
    else this.#underWay += 1;
    try {
      await open();
    } finally {
      this.#hasEnded = true;
      this.#underWay -= 1;
      if (this.#underWay < MOST_AT_ONCE) this.#letIn(1);
    }
  }

  #turn(): Promise<void> {
    if (this.#watch === undefined) {
      // What ended before anybody waited says nothing of Redis as it is now.
      this.#hasEnded = false;
      this.#watch = setInterval(() => this.#look(), STALLED_MS).unref();
    }
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #look(): void {
    if (!this.#hasEnded) this.#letIn(this.#waiting.size);
    this.#hasEnded = false;
    if (this.#waiting.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #letIn(count: number): void {
    let left = count;
    for (const enter of this.#waiting) {
      if (left === 0) return;
      left -= 1;
      this.#waiting.delete(enter);
      this.#underWay += 1;
      enter();
    }
  }
}
