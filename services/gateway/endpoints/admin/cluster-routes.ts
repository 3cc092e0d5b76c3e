import { z } from 'zod';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import { json, type HttpRoute } from '../../transport/http.js';
import type { Access } from './access.js';
import type { DeployNotices } from './deploy-notices.js';
import { DURATION_BOUNDS } from './durations.js';
import { colorsOf, workersOf } from './figures.js';
import { guardedRoute } from './guard.js';
import type { Peers } from './peers.js';
import { readQuery, searchText } from './query.js';

const durations = z.array(z.number()).length(DURATION_BOUNDS.length + 1);
const channels = z.object({
  channels: z.array(z.object({ channel: z.string(), subscribers: z.number(), offset: z.number() })),
  matching: z.number(),
});
const channelsQuery = { search: searchText, limit: z.coerce.number().int().min(1).max(200).default(20) } as const;
/** Each worker gives so many times more than are shown: who is first on all together need not be on each. */
const SPARE = 5;

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
    const { workers } = await statistics.read();
    const question = { kind: 'channels', text: search, limit: limit * SPARE } as const;
    const { answers, unanswered } = await peers.ask(workers, question, channels);
    const all = new Map<string, { channel: string; subscribers: number; offset: number }>();
    for (const found of answers.flatMap((answer) => answer.channels)) {
      const known = all.get(found.channel);
      const subscribers = (known?.subscribers ?? 0) + found.subscribers;
      all.set(found.channel, { ...found, subscribers, offset: Math.max(known?.offset ?? 0, found.offset) });
    }
    // No worker gives more than so many: beyond that nobody counts which channels two workers have in common.
    const matching = Math.max(all.size, ...answers.map((answer) => answer.matching));
    const more = answers.some((answer) => answer.matching > answer.channels.length);
    const sorted = [...all.values()].sort((a, b) => b.subscribers - a.subscribers || b.offset - a.offset);
    return json(200, { channels: sorted.slice(0, limit), matching, more, time: new Date().toISOString(), unanswered });
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
