import { z } from 'zod';
import type { StatisticsReader } from '../../../cluster/statistics-reader.js';
import { clusterChannels } from '../../admin/cluster-channels.js';
import type { Peers } from '../../admin/peers.js';
import { defineCommand, type Command } from '../command.js';

const MAX_LIMIT = 200;
const LIMIT = `must be a whole number from 1 to ${MAX_LIMIT}`;
const SEARCH = 'must be a string of at most 128 characters';

/** Workers that did not answer within a second: theirs is missing. */
export const unanswered = z.array(z.string()).meta({ description: 'Workers that did not answer, such as green-2' });

export const channelsCommand = (statistics: StatisticsReader, peers: Peers): Command =>
  defineCommand({
    name: 'channels',
    scope: 'channels',
    summary: 'Channels of the cluster that somebody subscribes to, those with most subscribers first',
    request: z.strictObject({
      search: z.string(SEARCH).max(128, SEARCH).default('').meta({ description: 'Part of the name' }),
      limit: z.number(LIMIT).int(LIMIT).min(1, LIMIT).max(MAX_LIMIT, LIMIT).default(100),
    }),
    answer: z.object({
      channels: z
        .array(z.object({ channel: z.string(), subscribers: z.number().int(), offset: z.number().int() }))
        .readonly(),
      matching: z.number().int().meta({ description: 'Channels that were found; with `more` at least so many' }),
      more: z.boolean().meta({ description: 'A worker had more of them than it gives' }),
      unanswered: unanswered.readonly(),
    }),
    act: ({ search, limit }) => clusterChannels(statistics, peers, { search: search.trim().toLowerCase(), limit }),
  });
