import type { Broker } from '../broker/broker.js';
import type { Sample } from '../broker/cluster-samples.js';
import type { Connections } from '../lifecycle/connections.js';
import type { LimitReports } from '../limits/reports.js';
import type { Loop } from '../lifecycle/loop.js';
import type { MetricSnapshot } from '../observability/metrics.js';
import { ClientMessages } from './client-messages.js';
import { ConnectionLists } from './connection-lists.js';
import type { WorkerIdentity } from './identity.js';
import { LimitOverview } from './limit-overview.js';
import { Membership } from './membership.js';
import { OtherWorkers } from './other-workers.js';
import { PubSubBeat } from './pubsub-beat.js';
import { Questions } from './questions.js';
import { Sampler } from './sampler.js';
import { StatisticsReader, type ClusterStatistics } from './statistics-reader.js';
import { WorkerMessages } from './worker-messages.js';

export type ClusterOptions = Readonly<{
  identity: WorkerIdentity;
  broker: Pick<Broker, 'cluster' | 'clients' | 'samples'>;
  connections: Connections;
  limitReports: LimitReports;
  snapshot(): Promise<MetricSnapshot>;
  leaseIntervalMs: number;
  sampleIntervalMs: number;
  /** How far back samples reach, ms. */
  historyMs: number;
  /** What of the cluster is kept in samples. */
  sampleValues(statistics: ClusterStatistics): Sample['values'];
}>;

/** This worker among the others: its lease, what all of them count, who is connected where, what they tell one another. */
export class Cluster {
  readonly messages: WorkerMessages;
  readonly clients: ClientMessages;
  readonly membership: Membership;
  readonly statistics: StatisticsReader;
  readonly lists: ConnectionLists;
  readonly beat: PubSubBeat;
  readonly limits: LimitOverview;
  readonly others: OtherWorkers;
  readonly #sampler: Sampler;

  constructor(options: ClusterOptions) {
    const { identity, broker, connections, snapshot, leaseIntervalMs, sampleIntervalMs, historyMs } = options;
    this.messages = new WorkerMessages(broker.cluster);
    this.clients = new ClientMessages(broker.clients, this.messages, identity.workerId);
    this.membership = new Membership(broker.cluster, {
      identity,
      intervalMs: leaseIntervalMs,
      connections: () => connections.shown,
      snapshot,
    });
    this.statistics = new StatisticsReader(broker.cluster, this.membership);
    this.others = new OtherWorkers(this.messages, this.statistics, identity.workerId);
    this.beat = new PubSubBeat(this.messages, identity.workerId);
    const questions = new Questions(
      this.messages,
      identity.workerId,
      (asked) => this.lists.answer(asked) ?? this.limits.answer(asked) ?? '',
    );
    this.lists = new ConnectionLists(identity, connections, questions);
    this.limits = new LimitOverview(identity.workerId, options.limitReports, questions);
    this.#sampler = new Sampler(this.statistics, broker.samples, {
      workerId: identity.workerId,
      intervalMs: sampleIntervalMs,
      historyMs,
      values: options.sampleValues,
    });
  }

  get loops(): readonly Loop[] {
    return [this.membership.loop, this.#sampler.loop];
  }

  async start(): Promise<void> {
    await this.membership.start();
    this.beat.start();
    this.#sampler.start();
  }

  async stop(): Promise<void> {
    this.beat.stop();
    this.#sampler.stop();
    await this.membership.stop();
  }
}
