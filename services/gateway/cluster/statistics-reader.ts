import { BrokerUnavailable } from '../broker/channel-log.js';
import type { ClusterDirectory, ClusterView, Totals, WorkerLease } from '../broker/cluster-directory.js';
import { SharedRun } from '../lifecycle/shared-run.js';
import { statisticsOf, type Statistics } from '../observability/statistics.js';
import type { Membership } from './membership.js';

export type ClusterStatistics = Readonly<{
  totals: Statistics;
  /** Open WebSockets. */
  active: number;
  /** In order of start. */
  workers: readonly WorkerLease[];
  /** Sum of the totals of those that ended. */
  ended: Totals;
}>;

/**
 * What the whole cluster has counted, in one consistent answer from the leases: this worker's as of now, the others' as
 * of their last renewal. Leases alone decide, the worker's own too: so whoever asks one worker after the other never
 * sees a total fall.
 */
export class StatisticsReader {
  readonly #directory: ClusterDirectory;
  readonly #membership: Membership;
  /** However many ask at once, they cost one look. */
  readonly #looks = new SharedRun(() => this.#look());

  constructor(directory: ClusterDirectory, membership: Membership) {
    this.#directory = directory;
    this.#membership = membership;
  }

  /** As of a moment after the call. @throws BrokerUnavailable */
  read(): Promise<ClusterStatistics> {
    return this.#looks.run();
  }

  async #look(): Promise<ClusterStatistics> {
    await this.#membership.renew();
    // Old figures must not pass for new ones.
    const { trouble } = this.#membership;
    if (trouble !== undefined) throw new BrokerUnavailable(trouble);
    return summarize(await this.#directory.view());
  }
}

const summarize = ({ workers, ended }: ClusterView): ClusterStatistics => ({
  totals: statisticsOf([...workers.map(({ totals }) => totals), ended]),
  active: workers.reduce((sum, { connections }) => sum + connections, 0),
  workers,
  ended,
});
