/** So many handshakes become WebSockets in one turn of the event loop as they come. */
const MOST_A_TURN = 256;
/** And so many late ones: answered outside of its own event, a handshake costs five times as much (`LateUpgrades`). */
const LATE_A_TURN = 32;

/**
 * The turns in which handshakes are answered. Of a herd that comes at once as many are answered in each turn as let the open
 * connections be served in between. The others wait, in their order; who comes in a later turn may pass them.
 */
export class UpgradeTurns {
  readonly #waiting = new Set<() => void>();
  #left = MOST_A_TURN;
  #lateLeft = LATE_A_TURN;
  #isScheduled = false;

  /** Of one that is known as it comes. Undefined: it is answered now. Else it is late, and resolves in its turn. */
  take(): Promise<void> | undefined {
    this.#schedule();
    if (this.#left === 0) return this.#wait();
    this.#left -= 1;
    return undefined;
  }

  /** Of one that somebody had to be asked about: it is late however few there are. Undefined: it is answered now. */
  takeLate(): Promise<void> | undefined {
    this.#schedule();
    if (this.#lateLeft === 0) return this.#wait();
    this.#lateLeft -= 1;
    return undefined;
  }

  #wait(): Promise<void> {
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
    this.#lateLeft = LATE_A_TURN;
    for (const resolve of this.#waiting) {
      if (this.#lateLeft === 0) return;
      this.#lateLeft -= 1;
      this.#waiting.delete(resolve);
      resolve();
    }
  }
}
