import type { Broker, BrokerHealth } from '../../broker/broker.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import { readiness } from '../../lifecycle/readiness.js';
import type { LimitHealth } from '../../limits/reports.js';
import type { MetricsExporter } from '../../observability/metrics.js';
import { json, NO_PAGE, type HttpRoute } from '../../transport/http.js';
import type { WorkerIdentity } from '../../cluster/identity.js';
import { clusterIsAway, readScope, refuseScope } from './scope.js';

export type StatusOptions = Readonly<{
  identity: WorkerIdentity;
  health(): BrokerHealth;
  isDraining(): boolean;
  rateLimiting(): LimitHealth;
  /** Whether whoever asks with this `Authorization` header is told of the process, and not of the release alone. */
  tellsProcess(authorization: string): boolean;
}>;

/** What probes and people ask: alive, ready, which release. */
export const statusRoutes = ({
  identity,
  health,
  isDraining,
  rateLimiting,
  tellsProcess,
}: StatusOptions): HttpRoute[] => [
  {
    method: 'get',
    path: '/healthz',
    handle: () =>
      json(200, {
        status: 'ok',
        uptime_seconds: Math.round(process.uptime() * 10) / 10,
        // A detail: a worker that limits clients is well.
        rate_limiting: rateLimiting(),
      }),
  },
  {
    method: 'get',
    path: '/readyz',
    handle: () => {
      const { ready, checks } = readiness(health(), isDraining());
      return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', checks });
    },
  },
  {
    method: 'get',
    path: '/version',
    handle: ({ header }) => {
      const { release, color, worker, workerId, startedAt } = identity;
      const ofProcess = { worker, worker_id: workerId, started_at: startedAt, pid: process.pid };
      return json(200, { release, color, ...(tellsProcess(header('authorization')) ? ofProcess : {}) });
    },
  },
];

/** What scrapers ask: how much, of this worker or of the cluster. */
export const metricsRoute = (broker: Broker, metrics: MetricsExporter): HttpRoute => ({
  method: 'get',
  path: '/metrics',
  handle: async (request) => {
    const scope = readScope(request, 'worker');
    if (scope === undefined) return refuseScope(request);
    const body = scope === 'worker' ? await metrics.worker() : await clusterMetrics(broker, metrics);
    return body === undefined
      ? clusterIsAway()
      : { status: 200, headers: { 'Content-Type': metrics.contentType, ...NO_PAGE }, body };
  },
});

/** Undefined: Redis is away. */
const clusterMetrics = async (broker: Broker, metrics: MetricsExporter): Promise<string | undefined> => {
  if (broker.health().redis !== undefined) return undefined;
  try {
    const { workers, ended } = await broker.cluster.view();
    return await metrics.cluster(workers, ended);
  } catch (error) {
    // Redis went away as it was asked.
    if (!(error instanceof BrokerUnavailable)) throw error;
    return undefined;
  }
};
