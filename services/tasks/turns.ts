/** Gives a place back. */
export type Leave = () => void;

type Waiting = Readonly<{ alone: boolean; begin: () => void }>;

/** Who runs beside whom on a worker: any beside any, but who has to run alone. First come, first served. */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #isAlone = false;

  /** Resolves when its turn has come. @throws the signal's reason, where that is aborted first */
  take(alone: boolean, signal: AbortSignal): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        const index = this.#waiting.indexOf(waiting);
        if (index === -1) return;
        this.#waiting.splice(index, 1);
        reject(signal.reason);
        this.#next();
      };
      const waiting: Waiting = {
        alone,
        begin: () => {
          signal.removeEventListener('abort', giveUp);
          resolve(this.#enter(alone));
        },
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  #enter(alone: boolean): Leave {
    this.#running += 1;
    this.#isAlone = alone;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#running -= 1;
      this.#isAlone = false;
      this.#next();
    };
  }

  #next(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || this.#isAlone || (first.alone && this.#running > 0)) return;
      this.#waiting.shift();
      first.begin();
    }
  }
}
