/** Long work yields after so long, ms: what else the worker does waits no longer than this. */
const SLICE_MS = 2;
/** Looking at the clock costs too. */
const STEPS = 32;

/** Cuts long work into slices between which everything else has its turn. */
export class Slices {
  #began = performance.now();
  #steps = 0;

  /** Called at each step of the work: undefined, or what to await so that others have their turn. */
  breathe(): Promise<void> | undefined {
    this.#steps += 1;
    if (this.#steps % STEPS !== 0 || performance.now() - this.#began < SLICE_MS) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#began = performance.now();
        resolve();
      }),
    );
  }
}
