import { z } from 'zod';
import { parseJson } from '../../../../protocol/json.js';
import { HISTORY_LIMIT_DEFAULT, HISTORY_LIMIT_MAX, HISTORY_MAX_BYTES } from '../../../../protocol/limits.js';
import type { ChannelLog } from '../../../broker/channel-log.js';
import { defineCommand, type Command } from '../command.js';
import { channel, place, position } from '../fields.js';

const LIMIT = `must be a whole number from 1 to ${HISTORY_LIMIT_MAX}`;
const publication = z.object({
  epoch: z.string(),
  offset: z.number().int(),
  from: z.string(),
  data: z.unknown(),
  time: z.iso.datetime(),
});
/** What the log keeps of a publication's publisher and data. */
const body = publication.pick({ from: true, data: true });

/** The `history` of docs/PROTOCOL.md [history-1] [history-2] [history-3]. */
export const historyCommand = (log: ChannelLog): Command =>
  defineCommand({
    name: 'history',
    scope: 'history',
    summary: 'Publications of a channel: the newest ones, or those after a place',
    request: z.strictObject({
      channel,
      limit: z.number(LIMIT).int(LIMIT).min(1, LIMIT).max(HISTORY_LIMIT_MAX, LIMIT).default(HISTORY_LIMIT_DEFAULT),
      since: position.optional(),
    }),
    answer: z.object({
      ...place,
      publications: z.array(publication),
      more: z.boolean(),
      recovered: z.boolean().optional(),
    }),
    act: async ({ channel, limit, since }) => {
      const at = since === undefined ? {} : { since };
      const slice = await log.read({ channel, ...at, limit, maxBytes: HISTORY_MAX_BYTES });
      return {
        channel,
        ...slice.top,
        publications: slice.publications.map(({ epoch, offset, timeMs, body: text }) => ({
          epoch,
          offset,
          ...body.parse(parseJson(`{${text}}`)),
          time: new Date(timeMs).toISOString(),
        })),
        more: slice.more,
        ...(since === undefined ? {} : { recovered: slice.continuous }),
      };
    },
  });
