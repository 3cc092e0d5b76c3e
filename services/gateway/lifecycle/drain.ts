import type { Connections, ManagedConnection, MoveReason } from './connections.js';

export type DrainOptions = Readonly<{
  /** Connections a second. */
  rate: number;
  /** From a connection's slot to its deadline, ms. */
  graceMs: number;
  /** All slots lie within so many ms: with more connections than `rate` allows the pace is faster. */
  windowMs: number;
}>;

export type DrainStatus = Readonly<{
  reason: MoveReason;
  total: number;
  moved: number;
  remaining: number;
  started_at: string;
  done: boolean;
}>;

const TICK_MS = 20;

/**
 * Moves every connection away, each in a slot of its own, and those that still arrive too. Ends when nobody is
 * left; goes on watching for late arrivals until it is cancelled or the worker stops.
 */
export class Drain {
  readonly #connections: Connections;
  readonly #reason: MoveReason;
  readonly #options: DrainOptions;
  readonly #startedAt = new Date();
  #queue: ManagedConnection[];
  #total: number;
  #timer: NodeJS.Timeout | undefined;
  #budget = 0;

  constructor(connections: Connections, reason: MoveReason, options: DrainOptions) {
    this.#connections = connections;
    this.#reason = reason;
    this.#options = options;
    this.#queue = connections.all();
    this.#total = this.#queue.length;
  }

  start(): void {
    this.#connections.watch((connection) => {
      this.#queue.push(connection);
      this.#total += 1;
    });
    const pace = Math.max(this.#options.rate, (this.#queue.length * 1000) / this.#options.windowMs);
    const perTick = (pace * TICK_MS) / 1000;
    this.#timer = setInterval(() => this.#tick(perTick), TICK_MS);
    this.#tick(perTick);
  }

  status(): DrainStatus {
    const remaining = this.#connections.size;
    return {
      reason: this.#reason,
      total: this.#total,
      moved: this.#total - remaining,
      remaining,
      started_at: this.#startedAt.toISOString(),
      done: remaining === 0,
    };
  }

  /** Connections that have not had their slot yet stay. */
  cancel(): void {
    clearInterval(this.#timer);
    this.#connections.watch(undefined);
  }

  /** Resolves when nobody is left, or after `timeoutMs`. */
  async finished(timeoutMs: number): Promise<boolean> {
    const until = Date.now() + timeoutMs;
    while (this.#connections.size > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    return this.#connections.size === 0;
  }

  #tick(perTick: number): void {
    if (this.#queue.length === 0) return;
    this.#budget = Math.min(this.#budget + perTick, Math.max(1, perTick));
    const due = Math.min(this.#queue.length, Math.floor(this.#budget));
    this.#budget -= due;
    for (const [index, connection] of this.#queue.splice(0, due).entries()) {
      const afterMs = Math.round((index / due) * TICK_MS);
      connection.move({ reason: this.#reason, afterMs, deadlineMs: afterMs + this.#options.graceMs });
    }
  }
}
