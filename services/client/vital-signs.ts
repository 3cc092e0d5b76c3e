import { timerMs } from './timers.js';

const TICKS_PER_INTERVAL = 4;
/** Ticks of silence: a heartbeat is late, and may be off. */
const ASK_AFTER = 6;
/** … Two intervals have passed, and the question was not answered either. */
const GIVE_UP_AFTER = 9;

/**
 * Watches that something comes; with an interval of 0 there are no heartbeats, and no watch for them. Ticks are counted, not time: a process that stood still for an hour hears what waits
 * for it before it gives anything up.
 */
export class VitalSigns {
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #silent = 0;

  constructor(intervalMs: number, events: Readonly<{ ask(): void; giveUp(): void }>) {
    if (intervalMs <= 0) return;
    this.#timer = setInterval(
      () => {
        this.#silent += 1;
        if (this.#silent === ASK_AFTER) events.ask();
        if (this.#silent >= GIVE_UP_AFTER) events.giveUp();
      },
      timerMs(intervalMs / TICKS_PER_INTERVAL),
    );
  }

  heard(): void {
    this.#silent = 0;
  }

  /** It has just been asked: what does not come soon does not come. */
  asked(): void {
    this.#silent = Math.max(this.#silent, ASK_AFTER + 1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
