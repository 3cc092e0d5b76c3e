/** What a lease needs of the queue. */
export type Leased = Readonly<{
  /** Prolongs the hold of the job for so long. False: it is lost. */
  extend(ms: number): Promise<boolean>;
  /** Whether somebody wants the task to end. */
  isCancelled(): Promise<boolean>;
}>;

export type LeaseEvents = Readonly<{ lost(): void; cancelled(): void }>;

const LOOK_EVERY_MS = 1_000;
/** So much of it is no time to tell anything any more: what was sent arrives late, or is sent again. */
export const RESERVE = 0.4;

/**
 * The hold of a worker on a task that it runs. Another one may take the task when this has ended: a worker that was
 * frozen, or cut off from Redis, knows by its own clock that it has to be silent, before the other begins.
 */
export class Lease {
  readonly #leased: Leased;
  readonly #events: LeaseEvents;
  readonly #ms: number;
  readonly #timer: NodeJS.Timeout;
  #renewedAt: number;
  #looking = false;
  #ended = false;

  /** @param ms how long it lasts from now, and from each renewal */
  constructor(leased: Leased, ms: number, events: LeaseEvents) {
    this.#leased = leased;
    this.#events = events;
    this.#ms = ms;
    this.#renewedAt = performance.now();
    this.#timer = setInterval(() => void this.#look(), Math.min(LOOK_EVERY_MS, ms / 4));
  }

  /** Whether something may be told now. */
  get holds(): boolean {
    return !this.#ended && performance.now() - this.#renewedAt < this.#ms * (1 - RESERVE);
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const askedAt = performance.now();
    try {
      const [isOurs, isCancelled] = await Promise.all([this.#leased.extend(this.#ms), this.#leased.isCancelled()]);
      if (this.#ended) return;
      if (!isOurs) this.#lose();
      else this.#renewedAt = askedAt;
      if (isCancelled) this.#events.cancelled();
    } catch {
      // Redis is away: the lease runs out by itself.
      if (!this.#ended && !this.holds) this.#lose();
    } finally {
      this.#looking = false;
    }
  }

  #lose(): void {
    this.end();
    this.#events.lost();
  }
}
