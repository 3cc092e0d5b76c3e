import type { Connections, MoveReason } from './connections.js';
import { Drain, type DrainStatus } from './drain.js';

export type DrainingOptions = Readonly<{
  /** Connections a second. */
  rate: number;
  graceMs: number;
  /** A stop takes no longer than this, ms. */
  stopTimeoutMs: number;
}>;

/** How a deploy wants its drain to go. */
export type Pace = Readonly<{
  /** Connections a second; undefined: the worker's own. */
  rate: number | undefined;
  /** Nobody is told to move for so long from now, ms; 0: go on. */
  holdMs: number;
}>;

const OWN_PACE: Pace = { rate: undefined, holdMs: 0 };

/** Part of the time for a stop that is left for what follows the moves: places, the lease, Redis. */
const RESERVE_MS = 1_500;

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

  /** Begins, or, when it has begun, goes on at this pace. */
  begin(reason: MoveReason, { rate, holdMs }: Pace = OWN_PACE): void {
    const drain = this.#drain ?? this.#start(reason, undefined, holdMs);
    // A stop has no time to wait for anybody's wish.
    if (this.#stopping) return;
    if (rate !== undefined) drain.pace(rate);
    drain.hold(holdMs);
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
    const drain = this.#start('deploy', Math.max(100, stopTimeoutMs - graceMs - RESERVE_MS), 0);
    return drain.finished(stopTimeoutMs - RESERVE_MS / 2);
  }

  #start(reason: MoveReason, windowMs: number | undefined, holdMs: number): Drain {
    const { rate, graceMs } = this.#options;
    const drain = new Drain(this.#connections, reason, { rate, graceMs, windowMs });
    this.#drain = drain;
    drain.hold(holdMs);
    drain.start();
    return drain;
  }
}
