import { z } from 'zod';
import { isClaimable, PRESENCE_CURSOR } from '../../../protocol/ids.js';
import { PRESENCE_LIMIT_DEFAULT, PRESENCE_LIMIT_MAX } from '../../../protocol/limits.js';
import type { MemberPage } from '../../broker/presence-store.js';
import type { Presence } from '../../hub/presence.js';
import { json, type HttpRoute } from '../../transport/http.js';
import { channel } from '../api/fields.js';
import { clientsOf } from '../members.js';
import type { Access } from './access.js';
import { guardedRoute } from './guard.js';
import { readQuery } from './query.js';

const presenceQuery = {
  channel,
  limit: z.coerce.number().int().min(1).max(PRESENCE_LIMIT_MAX).default(PRESENCE_LIMIT_DEFAULT),
  cursor: z.string().regex(PRESENCE_CURSOR, 'must be the next_cursor of an earlier answer').optional(),
} as const;

/**
 * `/admin/api/presence`: who is in a channel, page by page, in order of their coming [presence-1]. Those without a name of
 * their own are counted among the first `PRESENCE_LIMIT_MAX`: what is asked again and again costs no walk over all members.
 */
export const presenceRoute = (access: Access, presence: Presence): HttpRoute =>
  guardedRoute(access, 'get', '/admin/api/presence', async ({ query }) => {
    const { channel, limit, cursor } = readQuery(presenceQuery, query);
    const page = await presence.page(channel, { limit, after: cursor });
    const isWhole = cursor === undefined && page.next === undefined;
    const first = isWhole ? page : await presence.page(channel, { limit: PRESENCE_LIMIT_MAX, after: undefined });
    return json(200, {
      channel,
      clients: clientsOf(page.members),
      count: page.count,
      anonymous: anonymousIn(first),
      anonymous_among: first.members.length,
      next_cursor: page.next ?? null,
    });
  });

const anonymousIn = ({ members }: MemberPage): number =>
  members.filter(({ clientId }) => !isClaimable(clientId)).length;
