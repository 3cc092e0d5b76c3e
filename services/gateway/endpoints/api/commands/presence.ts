import { z } from 'zod';
import { PRESENCE_CURSOR } from '../../../../protocol/ids.js';
import { PRESENCE_LIMIT_DEFAULT, PRESENCE_LIMIT_MAX } from '../../../../protocol/limits.js';
import type { Presence } from '../../../hub/presence.js';
import { clientsOf } from '../../members.js';
import { defineCommand, type Command } from '../command.js';
import { channel } from '../fields.js';

const LIMIT = `must be a whole number from 1 to ${PRESENCE_LIMIT_MAX}`;
const CURSOR = 'must be the next_cursor of an earlier answer';

/** The `presence` of docs/PROTOCOL.md [presence-1]. */
export const presenceCommand = (presence: Presence): Command =>
  defineCommand({
    name: 'presence',
    scope: 'presence',
    summary: 'Clients that are subscribed to a channel, in order of their coming',
    request: z.strictObject({
      channel,
      limit: z.number(LIMIT).int(LIMIT).min(1, LIMIT).max(PRESENCE_LIMIT_MAX, LIMIT).default(PRESENCE_LIMIT_DEFAULT),
      cursor: z.string(CURSOR).regex(PRESENCE_CURSOR, CURSOR).optional(),
    }),
    answer: z.object({
      channel: z.string(),
      clients: z
        .array(
          z.object({
            client_id: z.string(),
            connections: z.number().int().min(1),
            joined_at: z.iso.datetime(),
            info: z
              .unknown()
              .optional()
              .meta({ description: 'What its token says of it; absent where it says nothing' }),
          }),
        )
        .readonly(),
      count: z.number().int().min(0).meta({ description: 'Clients on all pages' }),
      next_cursor: z.string().optional().meta({ description: 'Where the next page begins; absent on the last' }),
    }),
    act: async ({ channel, limit, cursor }) => {
      const { members, count, next } = await presence.page(channel, { limit, after: cursor });
      return { channel, clients: clientsOf(members), count, ...(next === undefined ? {} : { next_cursor: next }) };
    },
  });
