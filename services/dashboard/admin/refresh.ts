const INTERVAL_MS = 5_000;

/** Asks at once and every 5 s while somebody can see the page, one request at a time. */
export class Refresh {
  readonly #ask: (signal: AbortSignal) => Promise<void>;
  #running: AbortController | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(ask: (signal: AbortSignal) => Promise<void>) {
    this.#ask = ask;
  }

  start(): void {
    document.addEventListener('visibilitychange', () => {
      this.#follow();
    });
    this.#follow();
  }

  /** In place of what is under way. */
  now(): void {
    this.#running?.abort();
    void this.#run();
  }

  #follow(): void {
    clearInterval(this.#timer);
    if (document.hidden) return;
    this.#timer = setInterval(() => {
      if (this.#running === undefined) void this.#run();
    }, INTERVAL_MS);
    this.now();
  }

  async #run(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      await this.#ask(running.signal);
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }
}
