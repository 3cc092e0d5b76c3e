import { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';
import type { ClusterDirectory, ClusterView, WorkerLease } from '../cluster-directory.js';
import { LEASE_TTL_MS } from '../cluster-directory.js';
import { byStart } from '../lease-order.js';
import type { BrokerLogger } from '../logger.js';
import { CLUSTER_KEYS, workerTopic } from './keys.js';
import type { Publisher } from './publisher.js';
import { listOf, numberOf, textOf } from './reply.js';
import { TOLD_PREFIX } from './subscriptions.js';

const series = z.record(z.string(), z.number());
const leaseShape = z.object({
  workerId: z.string(),
  color: z.string(),
  worker: z.string(),
  release: z.string(),
  startedAt: z.string(),
  connections: z.number(),
  totals: series,
  gauges: series,
});

/** Leases in Redis. Expired ones are folded inside the scripts, by whoever comes first. */
export class RedisDirectory implements ClusterDirectory {
  readonly #publisher: Publisher;
  readonly #logger: BrokerLogger;

  constructor(publisher: Publisher, logger: BrokerLogger) {
    this.#publisher = publisher;
    this.#logger = logger;
  }

  async renew(lease: WorkerLease): Promise<number> {
    const args = [lease.workerId, JSON.stringify(lease), lease.connections, LEASE_TTL_MS];
    return numberOf(await this.#publisher.run('leaseRenew', CLUSTER_KEYS, args));
  }

  async release(lease: WorkerLease): Promise<void> {
    await this.#publisher.run('leaseRelease', CLUSTER_KEYS, [lease.workerId, JSON.stringify(lease)]);
  }

  async view(): Promise<ClusterView> {
    const [leases, sums] = listOf(await this.#publisher.run('leaseView', CLUSTER_KEYS, []));
    const flat = listOf(sums);
    const ended: Record<string, number> = {};
    for (let at = 0; at < flat.length; at += 2) ended[textOf(flat[at])] = numberOf(flat[at + 1]);
    const workers = listOf(leases).flatMap((text) => this.#parse(textOf(text)));
    return { workers: workers.sort(byStart), ended };
  }

  async tell(workerId: string, message: string): Promise<void> {
    await this.#publisher.use((client) => client.publish(workerTopic(workerId), `${TOLD_PREFIX}${message}`));
  }

  /** A worker of another version may write what this one can't read: it is left out, and said so. */
  #parse(text: string): readonly WorkerLease[] {
    const parsed = leaseShape.safeParse(parseJson(text));
    if (parsed.success) return [parsed.data];
    this.#logger.warn({ event: 'lease_unreadable', why: z.prettifyError(parsed.error) }, 'a lease can not be read');
    return [];
  }
}
