/** Calls of handlers that have not ended, those that were given up included: so many are at work on this worker. */
export class RunningCalls {
  /** That one connection may have. */
  readonly mostOfConnection: number;
  #size = 0;

  constructor(mostOfConnection: number) {
    this.mostOfConnection = mostOfConnection;
  }

  get size(): number {
    return this.#size;
  }

  began(): void {
    this.#size += 1;
  }

  ended(): void {
    this.#size -= 1;
  }
}
