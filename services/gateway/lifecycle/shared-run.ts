/**
 * Work that many ask for at once and that one run can do for all of them. Whoever asks gets the outcome of a run that
 * begins after the question: while one is under way, all who ask share the next.
 */
export class SharedRun<T> {
  readonly #work: () => Promise<T>;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;
  #isBusy = false;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Rejects as the work does. */
  run(): Promise<T> {
    this.#isBusy = true;
    this.#next ??= this.#running.then(() => this.#begin());
    return this.#next;
  }

  /** Resolves when what is under way, or asked for, has ended either way. */
  async idle(): Promise<void> {
    while (this.#isBusy) await (this.#next ?? this.#running).catch(() => undefined);
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    const run = this.#work();
    this.#running = run
      .catch(() => undefined)
      .then(() => {
        this.#isBusy = this.#next !== undefined;
      });
    return run;
  }
}
