import type { BackgroundTask } from './background-tasks.js';
import type { Loop } from './loop.js';

export type BackgroundEvents = Readonly<{
  /** A loop had died of `error` and runs again. */
  restarted(task: BackgroundTask, error: unknown): void;
}>;

/** Looks at the loops of the background each interval, and starts again those that died. */
export class BackgroundWatch {
  readonly #loops: readonly Loop[];
  readonly #intervalMs: number;
  readonly #events: BackgroundEvents;
  #timer: NodeJS.Timeout | undefined;

  constructor(loops: readonly Loop[], intervalMs: number, events: BackgroundEvents) {
    this.#loops = loops;
    this.#intervalMs = intervalMs;
    this.#events = events;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), this.#intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const loop of this.#loops) {
      const { failure } = loop;
      if (failure === undefined) continue;
      loop.start();
      this.#events.restarted(loop.task, failure.error);
    }
  }
}
