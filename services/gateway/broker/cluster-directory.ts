/** Additive series of one worker: name → value. Counters only; they never fall while the worker lives. */
export type Totals = Readonly<Record<string, number>>;

export type WorkerLease = Readonly<{
  /** Unique per process start; never reused. */
  workerId: string;
  color: string;
  /** The worker's name within its color, `1`, `2` … */
  worker: string;
  release: string;
  startedAt: string;
  /** Open WebSockets. */
  connections: number;
  totals: Totals;
  /** Series that are summed over live workers only and vanish with them. */
  gauges: Readonly<Record<string, number>>;
}>;

export type ClusterView = Readonly<{
  /** Workers whose lease has not expired, in order of start. */
  workers: readonly WorkerLease[];
  /** Sum of the totals of all workers that ended, each counted once. */
  ended: Totals;
}>;

/**
 * Who is alive in the cluster and what it counted, by leases: never INCR/DECR, so that a kill -9 heals by itself.
 *
 * A lease lives `LEASE_TTL_MS` (5 s) after its last renewal. When it is released or found expired, its totals are
 * added to `ended`, once. A worker that was only paused and renews later is taken back: its totals leave `ended`
 * again. The sum over `ended` and live workers therefore never falls while Redis keeps its data.
 */
export interface ClusterDirectory {
  /** Renews this worker's lease and returns the number of open connections in the cluster. @throws BrokerUnavailable */
  renew(lease: WorkerLease): Promise<number>;
  /** Ends this worker's lease at once with its final totals. @throws BrokerUnavailable */
  release(lease: WorkerLease): Promise<void>;
  /** @throws BrokerUnavailable */
  view(): Promise<ClusterView>;
  /** Sends a message to one worker; lost silently when it is gone. @throws BrokerUnavailable */
  tell(workerId: string, message: string): Promise<void>;
}

export const LEASE_TTL_MS = 5_000;
