/** So many handshakes become WebSockets in one turn of the event loop. */
const MOST_A_TURN = 32;

/**
 * The turns in which handshakes are answered. Of a herd that comes at once some are answered in each turn, in the order in which
 * they came, so that the open connections are served in between.
 */
export class UpgradeTurns {
  readonly #waiting = new Set<() => void>();
  #left = MOST_A_TURN;
  #isScheduled = false;

  /** Undefined: it is answered now. Else resolves in its turn. */
  take(): Promise<void> | undefined {
    this.#schedule();
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    if (this.#waiting.size > 0) this.#schedule();
    this.#left = MOST_A_TURN;
    for (const resolve of this.#waiting) {
      if (this.#left === 0) return;
      this.#left -= 1;
      this.#waiting.delete(resolve);
      resolve();
    }
  }
}
