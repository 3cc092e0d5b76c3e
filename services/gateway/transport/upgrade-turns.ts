/** So many handshakes become WebSockets in one turn of the event loop. */
const MOST_A_TURN = 32;

/**
 * The turns in which handshakes are answered. Of a herd that comes at once some are answered in each turn, in the order in which
 * they came, so that the open connections are served in between.
 */
export class UpgradeTurns {
  readonly #waiting = new Set<() => void>();
  #left = MOST_A_TURN;
  #next: NodeJS.Immediate | undefined;

  /** Undefined: it is answered now. Else resolves in its turn. */
  take(): Promise<void> | undefined {
    this.#next ??= setImmediate(() => this.#turn());
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #turn(): void {
    this.#next = this.#waiting.size === 0 ? undefined : setImmediate(() => this.#turn());
    this.#left = MOST_A_TURN;
    for (const resolve of this.#waiting) {
      if (this.#left === 0) return;
      this.#left -= 1;
      this.#waiting.delete(resolve);
      resolve();
    }
  }
}
