import { z } from 'zod';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import { json, type HttpRequest, type HttpResponse, type HttpRoute } from '../../transport/http.js';
import type { Access } from './access.js';
import { readCursor, writeCursor } from './cursor.js';
import { done, type Done } from './desk.js';
import { notFound } from './dismissal-routes.js';
import type { AdminEvents } from './events.js';
import { BadRequest, guardedRoute } from './guard.js';
import { directionOf, mergePages, SORTS } from './order.js';
import { readQuery, searchText } from './query.js';
import type { Peers } from './peers.js';

const foundPage = z.object({
  // More fields may stand in a row than are read here: they are passed on.
  rows: z.array(z.looseObject({ key: z.union([z.string(), z.number()]), id: z.string() })),
  matching: z.number(),
});

const listQuery = {
  search: searchText,
  sort: z.enum(SORTS).default('duration'),
  order: z.enum(['asc', 'desc']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().optional(),
  color: z.enum(['blue', 'green']).optional(),
  endpoint: z.enum(['channels', 'chat', 'plain', 'metrics', 'admin']).optional(),
} as const;

export type ConnectionRoutes = Readonly<{
  access: Access;
  statistics: StatisticsReader;
  peers: Peers;
  events: AdminEvents;
}>;

/** `/admin/api/connections`: who is connected, searched and sorted over the whole cluster; and what a person may do to them. */
export const connectionRoutes = ({ access, statistics, peers, events }: ConnectionRoutes): HttpRoute[] => {
  const list = async ({ query }: HttpRequest): Promise<HttpResponse> => {
    const { search, sort, order, limit, cursor, color, endpoint } = readQuery(listQuery, query);
    const direction = order ?? directionOf(sort);
    const after = cursor === undefined ? undefined : readCursor(cursor, sort, direction);
    if (cursor !== undefined && after === undefined) {
      throw new BadRequest('cursor: must be the next_cursor of an earlier answer in the same order');
    }
    const { workers, active } = await statistics.read();
    const asked = workers.filter((worker) => color === undefined || worker.color === color);
    const { answers, unanswered } = await peers.ask(
      asked,
      { kind: 'search', text: search, endpoint, sort, direction, limit: limit + 1, after },
      foundPage,
    );
    const merged = mergePages(
      answers.map(({ rows }) => rows),
      direction,
      limit + 1,
    );
    const rows = merged.slice(0, limit);
    const last = rows.at(-1);
    return json(200, {
      connections: rows.map(({ key: _key, id: _id, ...shown }) => shown),
      matching: answers.reduce((sum, { matching }) => sum + matching, 0),
      total: active,
      limit,
      next_cursor: merged.length > limit && last !== undefined ? writeCursor(sort, direction, last) : null,
      unanswered,
    });
  };

  const act = (what: 'warn' | 'disconnect') =>
    guardedRoute(access, 'post', `/admin/api/connections/:id/${what}`, async ({ path, ip }) => {
      const id = path.split('/').at(path.endsWith('/') ? -3 : -2) ?? '';
      const result = await order({ kind: what, connection_id: id });
      if (result.unable > 0) {
        return json(409, { error: `${id}: its endpoint has no frame for a warning (only /ws and /ws/chat/ have)` });
      }
      if (result.done === 0) return notFound(`there is no open connection ${id}`, result.unanswered);
      const event = what === 'warn' ? 'admin_warned' : 'admin_disconnected';
      events.happened({ event, by: ip, connections: 1, connection_id: id, client_id: result.client_id });
      return json(200, { done: result.done });
    });

  const order = async (
    question: Parameters<Peers['ask']>[1],
  ): Promise<Done & Readonly<{ unanswered: readonly string[] }>> => {
    const { workers } = await statistics.read();
    const { answers, unanswered } = await peers.ask(workers, question, done);
    const found = answers.find(({ done, unable }) => done + unable > 0);
    return {
      done: answers.reduce((sum, answer) => sum + answer.done, 0),
      unable: answers.reduce((sum, { unable }) => sum + unable, 0),
      client_id: found?.client_id,
      unanswered,
    };
  };

  return [guardedRoute(access, 'get', '/admin/api/connections', list), act('warn'), act('disconnect')];
};
