const IN_A_MILLISECOND = 1_000_000;

/**
 * Times of lines, in ns. Those of one millisecond get one each, in their order: Loki sorts by time, and takes equal lines of
 * one time for the same.
 */
export class EntryTimes {
  #lastMs = 0;
  #inThisMs = 0;

  at(timeMs: number): string {
    this.#inThisMs = timeMs === this.#lastMs ? (this.#inThisMs + 1) % IN_A_MILLISECOND : 0;
    this.#lastMs = timeMs;
    return `${timeMs}${String(this.#inThisMs).padStart(6, '0')}`;
  }
}
