import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { ConnectionLists, ListPage, ListPlace } from '../../cluster/connection-lists.js';
import type { LimitOverview } from '../../cluster/limit-overview.js';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import type { LimitReport } from '../../limits/reports.js';
import type { MetricsExporter } from '../../observability/metrics.js';
import { statisticsOf, type Statistics } from '../../observability/statistics.js';
import { json, type HttpResponse, type HttpRoute } from '../../transport/http.js';
import { readCursor, writeCursor } from './cursor.js';
import { clusterIsAway, readScope, refuseScope, type Scope } from './scope.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export type StatsOptions = Readonly<{
  statistics: StatisticsReader;
  lists: ConnectionLists;
  limits: LimitOverview;
  metrics: MetricsExporter;
  workerId: string;
  /** Open connections of this worker. */
  connections(): number;
}>;

type Page = Readonly<{ limit: number; place: ListPlace | undefined }>;

/** `/ws-stats`: what has been going on, and who is connected, page by page; of the cluster or of this worker. */
export const statsRoute = (options: StatsOptions): HttpRoute => ({
  method: 'get',
  path: '/ws-stats',
  handle: async (request) => {
    const { query } = request;
    const scope = readScope(request, 'cluster');
    if (scope === undefined) return refuseScope(request);
    const asked = query.get('limit') ?? String(DEFAULT_LIMIT);
    const limit = /^\d{1,4}$/.test(asked) ? Number(asked) : 0;
    if (limit < 1 || limit > MAX_LIMIT) {
      return json(400, { error: `limit=${asked}: must be a whole number from 1 to ${MAX_LIMIT}` });
    }
    const cursor = query.get('cursor');
    const place = cursor === null ? undefined : readCursor(cursor);
    if (cursor !== null && place === undefined) {
      return json(400, { error: 'cursor: must be the next_cursor of an earlier answer' });
    }
    if (scope === 'worker' && place !== undefined && place.workerId !== options.workerId) {
      return json(400, { error: 'cursor: is of another worker; with scope=worker ask each on its own port' });
    }
    const page = { limit, place };
    return scope === 'worker' ? ofWorker(options, page) : ofCluster(options, page);
  },
});

const ofWorker = async (
  { metrics, lists, limits, connections }: StatsOptions,
  { limit, place }: Page,
): Promise<HttpResponse> => {
  const totals = statisticsOf([(await metrics.snapshot()).totals]);
  return answer('worker', totals, connections(), limit, await lists.own(place, limit), limits.own());
};

const ofCluster = async (
  { statistics, lists, limits }: StatsOptions,
  { limit, place }: Page,
): Promise<HttpResponse> => {
  try {
    const { totals, active, workers } = await statistics.read();
    const [page, limited] = await Promise.all([lists.list(workers, place, limit), limits.of(workers)]);
    return answer('cluster', totals, active, limit, page, limited);
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error;
    return clusterIsAway();
  }
};

const answer = (
  scope: Scope,
  totals: Statistics,
  active: number,
  limit: number,
  { connections, next, unanswered }: ListPage,
  limited: Pick<LimitReport, 'clients' | 'addresses'>,
): HttpResponse => {
  const global = {
    total_connections: totals.connections,
    active_connections: active,
    messages_received: totals.received,
    messages_sent: totals.sent,
  };
  return json(200, {
    ...global,
    global_stats: global,
    scope,
    rate_limiting: {
      limited_messages: totals.limitedMessages,
      limited_connections: totals.limitedConnections,
      disconnects: totals.limitDisconnects,
      top_clients: limited.clients.map(({ key, ...counts }) => ({ client_id: key, ...counts })),
      top_ips: limited.addresses.map(({ key, ...counts }) => ({ ip: key, ...counts })),
    },
    connections,
    total: active,
    limit,
    next_cursor: next === undefined ? null : writeCursor(next),
    unanswered,
  });
};
