import type { BackgroundTask } from './background-tasks.js';
/**
 * Work of the background, each period, until it throws or its promise rejects: then it is down, and stays so until it
 * is started again. `BackgroundWatch` does that.
 */
export class Loop {
  /** A word for metrics and logs, one of few. */
  readonly task: BackgroundTask;
  readonly #periodMs: number;
  readonly #work: () => unknown;
  #timer: NodeJS.Timeout | undefined;
  #failure: Readonly<{ error: unknown }> | undefined;

  constructor(task: BackgroundTask, periodMs: number, work: () => unknown) {
    this.task = task;
    this.#periodMs = periodMs;
    this.#work = work;
  }

  /** What it died of; undefined: it runs, or was stopped. */
  get failure(): Readonly<{ error: unknown }> | undefined {
    return this.#failure;
  }

  /** @param now whether the first turn is at once, not after a period */
  start(now = false): void {
    this.stop();
    this.#timer = setInterval(() => void this.#turn(), this.#periodMs);
    if (now) void this.#turn();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#failure = undefined;
  }

  async #turn(): Promise<void> {
    const timer = this.#timer;
    try {
      await this.#work();
    } catch (error) {
      // Of a turn that began before it was stopped nobody wants to hear.
      if (timer !== this.#timer || timer === undefined) return;
      clearInterval(timer);
      this.#failure = { error };
    }
  }
}
