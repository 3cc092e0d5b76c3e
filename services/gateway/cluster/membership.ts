import { BrokerUnavailable } from '../broker/channel-log.js';
import type { ClusterDirectory, WorkerLease } from '../broker/cluster-directory.js';
import type { WorkerIdentity } from './identity.js';
import { Loop } from '../lifecycle/loop.js';
import { SharedRun } from '../lifecycle/shared-run.js';
import type { MetricSnapshot } from '../observability/metrics.js';

export type MembershipOptions = Readonly<{
  identity: WorkerIdentity;
  intervalMs: number;
  connections(): number;
  snapshot(): Promise<MetricSnapshot>;
}>;

/** Keeps this worker's lease alive, and knows how many connections the cluster has. */
export class Membership {
  readonly loop: Loop;
  readonly #directory: ClusterDirectory;
  readonly #options: MembershipOptions;
  readonly #renewals = new SharedRun(() => this.#renew());
  #isStopped = false;
  #elsewhere = 0;
  #trouble: string | undefined;
  #roundTripMs: number | undefined;
  #renewedAt: number | undefined;
  #predecessor: WorkerLease | undefined;

  constructor(directory: ClusterDirectory, options: MembershipOptions) {
    this.#directory = directory;
    this.#options = options;
    // While Redis hangs they must not queue up: a stop would wait for all of them.
    this.loop = new Loop('lease', options.intervalMs, () => (this.#renewals.isBusy ? undefined : this.renew()));
  }

  /** Open connections of the whole cluster; those of other workers as of the last renewal. */
  get clusterConnections(): number {
    return this.#elsewhere + this.#options.connections();
  }

  /**
   * Why the last renewal failed, in words; undefined when it did not. A renewal is a write like a publish: it fails
   * too when Redis answers and takes nothing (a full disk, a replica, out of memory).
   */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** How long Redis took for the last renewal, ms; undefined before the first. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** When the last renewal was, on the clock of `performance.now()`; undefined before the first. */
  get renewedAt(): number | undefined {
    return this.#renewedAt;
  }

  /**
   * The last lease of a worker of the same name and release that was still alive as this one started: it did not end in
   * order. Undefined: there was none, or it had expired (`LEASE_TTL_MS`), or Redis was away.
   */
  get predecessor(): WorkerLease | undefined {
    return this.#predecessor;
  }

  async start(): Promise<void> {
    await Promise.all([this.#lookBack(), this.renew()]);
    this.loop.start();
  }

  /**
   * Writes what this worker counts now. Resolves when that is done, or failed (`trouble` says why). After a stop it does
   * nothing: whoever still asks this worker must not give it its lease back.
   */
  async renew(): Promise<void> {
    if (!this.#isStopped) await this.#renewals.run();
  }

  /** Gives the lease back with the final totals; when Redis is away it expires by itself. */
  async stop(): Promise<void> {
    this.loop.stop();
    this.#isStopped = true;
    await this.#renewals.idle();
    await this.#trying(async () => this.#directory.release(await this.#lease()));
  }

  async #lookBack(): Promise<void> {
    try {
      const { workers } = await this.#directory.view();
      this.#predecessor = workers.findLast((lease) => this.#isPredecessor(lease));
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }

  #isPredecessor({ workerId, color, worker, release }: WorkerLease): boolean {
    const own = this.#options.identity;
    return workerId !== own.workerId && color === own.color && worker === own.worker && release === own.release;
  }

  #renew(): Promise<void> {
    return this.#trying(async () => {
      const lease = await this.#lease();
      const beganAt = performance.now();
      const total = await this.#directory.renew(lease);
      this.#renewedAt = performance.now();
      this.#roundTripMs = this.#renewedAt - beganAt;
      this.#elsewhere = total - lease.connections;
    });
  }

  async #trying(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#trouble = undefined;
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.#trouble = error.message;
    }
  }

  async #lease(): Promise<WorkerLease> {
    const { identity, connections, snapshot } = this.#options;
    const { totals, gauges } = await snapshot();
    const { workerId, color, worker, release, startedAt } = identity;
    return { workerId, color, worker, release, startedAt, connections: connections(), totals, gauges };
  }
}
