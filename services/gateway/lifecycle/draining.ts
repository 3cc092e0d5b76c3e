import type { Connections, MoveReason } from './connections.js';
import { Drain, type DrainStatus } from './drain.js';

export type DrainingOptions = Readonly<{
  /** Connections a second. */
  rate: number;
  graceMs: number;
  /** A stop takes no longer than this, ms. */
  stopTimeoutMs: number;
}>;

/** Part of the time for a stop that is left for what follows the moves: places, the lease, Redis. */
const RESERVE_MS = 1_500;
/** A drain for a deploy spreads its slots over at most so long, ms. */
export const DEPLOY_WINDOW_MS = 60_000;

/** Whether this worker is being emptied, and how far that is. */
export class Draining {
  readonly #connections: Connections;
  readonly #options: DrainingOptions;
  #drain: Drain | undefined;
  #stopping = false;

  constructor(connections: Connections, options: DrainingOptions) {
    this.#connections = connections;
    this.#options = options;
  }

  get isDraining(): boolean {
    return this.#drain !== undefined;
  }

  status(): DrainStatus | null {
    return this.#drain?.status() ?? null;
  }

  /** Idempotent. */
  begin(reason: MoveReason): void {
    if (this.#drain === undefined) this.#start(reason, DEPLOY_WINDOW_MS);
  }

  /** A stop can't be cancelled. */
  cancel(): void {
    if (this.#stopping) return;
    this.#drain?.cancel();
    this.#drain = undefined;
  }

  /** Moves everybody who is left, in time for the stop. True: nobody is left. */
  async finish(): Promise<boolean> {
    this.#stopping = true;
    const { graceMs, stopTimeoutMs } = this.#options;
    this.#drain?.cancel();
    const drain = this.#start('deploy', Math.max(100, stopTimeoutMs - graceMs - RESERVE_MS));
    return drain.finished(stopTimeoutMs - RESERVE_MS / 2);
  }

  #start(reason: MoveReason, windowMs: number): Drain {
    const { rate, graceMs } = this.#options;
    const drain = new Drain(this.#connections, reason, { rate, graceMs, windowMs });
    this.#drain = drain;
    drain.start();
    return drain;
  }
}
