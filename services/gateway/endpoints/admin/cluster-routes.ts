import { z } from 'zod';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import { json, type HttpRoute } from '../../transport/http.js';
import type { Access } from './access.js';
import { clusterChannels } from './cluster-channels.js';
import type { DeployNotices } from './deploy-notices.js';
import { DURATION_BOUNDS } from './durations.js';
import { colorsOf, workersOf } from './figures.js';
import { guardedRoute } from './guard.js';
import type { Peers } from './peers.js';
import { readQuery, searchText } from './query.js';

const durations = z.array(z.number()).length(DURATION_BOUNDS.length + 1);
const channelsQuery = { search: searchText, limit: z.coerce.number().int().min(1).max(200).default(20) } as const;

export type ClusterRoutes = Readonly<{
  access: Access;
  statistics: StatisticsReader;
  peers: Peers;
  notices: DeployNotices;
}>;

/** What the admin page asks about the cluster as a whole. */
export const clusterRoutes = ({ access, statistics, peers, notices }: ClusterRoutes): HttpRoute[] => [
  guardedRoute(access, 'get', '/admin/api/durations', async () => {
    const { workers } = await statistics.read();
    const { answers, unanswered } = await peers.ask(workers, { kind: 'durations' }, durations);
    const buckets = [...DURATION_BOUNDS, null].map((bound, index) => ({
      up_to_seconds: bound,
      connections: answers.reduce((sum, counts) => sum + (counts[index] ?? 0), 0),
    }));
    return json(200, { buckets, unanswered });
  }),
  guardedRoute(access, 'get', '/admin/api/channels', async ({ query }) => {
    const { search, limit } = readQuery(channelsQuery, query);
    const found = await clusterChannels(statistics, peers, { search, limit });
    return json(200, { ...found, time: new Date().toISOString() });
  }),
  guardedRoute(access, 'get', '/admin/api/health', async () => {
    const { workers, active } = await statistics.read();
    const [deploy] = notices.all().slice(-1);
    return json(200, {
      status: 'ok',
      time: Date.now(),
      active,
      colors: colorsOf(workers),
      workers: workersOf(workers),
      deploy: deploy ?? null,
    });
  }),
];
