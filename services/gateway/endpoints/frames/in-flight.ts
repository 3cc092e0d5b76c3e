/** Work of one connection that is not answered yet. */
export class InFlight {
  #number = 0;
  #settled: (() => void)[] = [];
  /** Made once: there is one of these for every message. */
  readonly #done = (): void => {
    this.#number -= 1;
    if (this.#number > 0) return;
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  };

  /** @param work never rejects */
  add(work: Promise<void>): void {
    this.#number += 1;
    void work.then(this.#done);
  }

  /** Resolves when all that was added so far has been answered. */
  async settled(): Promise<void> {
    while (this.#number > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }
}
