import type { Connections, ManagedConnection, MoveReason } from './connections.js';

export type DrainOptions = Readonly<{
  /** Connections a second. */
  rate: number;
  /** From a connection's slot to its deadline, ms. */
  graceMs: number;
  /** All slots lie within so many ms: with more connections than `rate` allows the pace is faster. Undefined: it is not. */
  windowMs: number | undefined;
}>;

/** Of the clients: what the stack itself has connected moves too, and is not counted. */
export type DrainStatus = Readonly<{
  reason: MoveReason;
  total: number;
  moved: number;
  remaining: number;
  /** Nobody is told to move at the moment. */
  held: boolean;
  started_at: string;
  done: boolean;
}>;

const TICK_MS = 20;

/**
 * Moves every connection away, each in a slot of its own, and those that still arrive too. Ends when nobody is left;
 * goes on watching for late arrivals until it is cancelled or the worker stops. In no order: those that came together
 * are alike, and clients that move at their slot and clients that wait for their deadline would come in one wave each.
 */
export class Drain {
  readonly #connections: Connections;
  readonly #reason: MoveReason;
  readonly #options: DrainOptions;
  readonly #startedAt = new Date();
  #rate: number;
  #heldUntilMs = 0;
  #queue: ManagedConnection[];
  #total: number;
  #timer: NodeJS.Timeout | undefined;
  #budget = 0;

  constructor(connections: Connections, reason: MoveReason, options: DrainOptions) {
    this.#connections = connections;
    this.#reason = reason;
    this.#options = options;
    this.#rate = options.rate;
    this.#queue = shuffled(connections.all());
    this.#total = connections.clients;
  }

  start(): void {
    this.#connections.watch((connection) => {
      this.#queue.push(connection);
      if (connection.isCounted) this.#total += 1;
    });
    const { windowMs } = this.#options;
    if (windowMs !== undefined) this.pace((this.#queue.length * 1000) / windowMs);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** Connections a second from now on; never below the rate that the drain began with where it has a window. */
  pace(rate: number): void {
    this.#rate = this.#options.windowMs === undefined ? rate : Math.max(this.#options.rate, rate);
  }

  /** Tells nobody to move for so long, ms. Whoever holds must say so again: one that dies holds up nothing. */
  hold(ms: number): void {
    this.#heldUntilMs = Date.now() + ms;
  }

  status(): DrainStatus {
    const remaining = this.#connections.clients;
    return {
      reason: this.#reason,
      total: this.#total,
      moved: this.#total - remaining,
      remaining,
      held: this.#isHeld,
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

  get #isHeld(): boolean {
    return Date.now() < this.#heldUntilMs;
  }

  #tick(): void {
    if (this.#queue.length === 0 || this.#isHeld) return;
    const perTick = (this.#rate * TICK_MS) / 1000;
    // A part of a connection is kept for the next tick: rates would be rounded down. Whole ones are not saved up.
    this.#budget = (this.#budget % 1) + perTick;
    const due = Math.min(this.#queue.length, Math.floor(this.#budget));
    this.#budget -= due;
    for (const [index, connection] of this.#queue.splice(0, due).entries()) {
      const afterMs = Math.round((index / due) * TICK_MS);
      connection.move({ reason: this.#reason, afterMs, deadlineMs: afterMs + this.#options.graceMs });
    }
  }
}

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
