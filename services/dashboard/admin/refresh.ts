/** Asks at once and at each interval while somebody can see the page, one request at a time. */
export class Refresh {
  readonly #intervalMs: number;
  readonly #ask: (signal: AbortSignal) => Promise<void>;
  #running: AbortController | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isOn = false;

  constructor(intervalMs: number, ask: (signal: AbortSignal) => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#ask = ask;
    document.addEventListener('visibilitychange', () => {
      this.#follow();
    });
  }

  /** Again: nothing. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#follow();
  }

  stop(): void {
    this.#isOn = false;
    this.#running?.abort();
    this.#follow();
  }

  /** In place of what is under way. */
  now(): void {
    this.#running?.abort();
    void this.#run();
  }

  #follow(): void {
    clearInterval(this.#timer);
    if (document.hidden || !this.#isOn) return;
    this.#timer = setInterval(() => {
      if (this.#running === undefined) void this.#run();
    }, this.#intervalMs);
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
