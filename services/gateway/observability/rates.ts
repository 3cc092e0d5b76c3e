export type Rated = Readonly<{ received: number; sent: number; failed: number }>;

const WINDOW_MS = 60_000;
const SAMPLE_EVERY_MS = 1_000;

type Sample = Rated & Readonly<{ atMs: number }>;

/**
 * How many a second, over the last minute; a worker younger than that: over its life. Looks at the totals once a second,
 * so that the message path has nothing to do for it.
 */
export class Rates {
  readonly #totals: Rated;
  readonly #samples: [Sample, ...Sample[]];
  #timer: NodeJS.Timeout | undefined;

  /** @param totals what is read each time; it only rises */
  constructor(totals: Rated) {
    this.#totals = totals;
    this.#samples = [this.#look()];
  }

  start(): void {
    this.#timer = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  read(): Rated {
    const [before] = this.#samples;
    const now = this.#look();
    // In its first second a worker would show a burst as a rate of thousands.
    const seconds = Math.max(SAMPLE_EVERY_MS, now.atMs - before.atMs) / 1000;
    return {
      received: (now.received - before.received) / seconds,
      sent: (now.sent - before.sent) / seconds,
      failed: (now.failed - before.failed) / seconds,
    };
  }

  #look(): Sample {
    const { received, sent, failed } = this.#totals;
    return { received, sent, failed, atMs: performance.now() };
  }

  #sample(): void {
    const now = this.#look();
    this.#samples.push(now);
    for (let [, second] = this.#samples; second !== undefined; [, second] = this.#samples) {
      if (now.atMs - second.atMs < WINDOW_MS) return;
      this.#samples.shift();
    }
  }
}
