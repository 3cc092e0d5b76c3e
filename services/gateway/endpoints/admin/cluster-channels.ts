import { z } from 'zod';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import type { Peers } from './peers.js';

const found = z.object({
  channels: z.array(z.object({ channel: z.string(), subscribers: z.number(), offset: z.number() })),
  matching: z.number(),
});
/** Each worker gives so many times more than are shown: who is first on all together need not be on each. */
const SPARE = 5;

export type ClusterChannel = Readonly<{ channel: string; subscribers: number; offset: number }>;

export type ClusterChannels = Readonly<{
  channels: readonly ClusterChannel[];
  /** Channels that were found; with `more` at least so many. */
  matching: number;
  /** A worker had more of them than it gives. */
  more: boolean;
  /** Workers that did not answer within a second. */
  unanswered: readonly string[];
}>;

/** The channels of the whole cluster that somebody subscribes to, those with most subscribers first. @throws BrokerUnavailable */
export const clusterChannels = async (
  statistics: StatisticsReader,
  peers: Peers,
  { search, limit }: Readonly<{ search: string; limit: number }>,
): Promise<ClusterChannels> => {
  const { workers } = await statistics.read();
  const question = { kind: 'channels', text: search, limit: limit * SPARE } as const;
  const { answers, unanswered } = await peers.ask(workers, question, found);
  const all = new Map<string, ClusterChannel>();
  for (const here of answers.flatMap(({ channels }) => channels)) {
    const known = all.get(here.channel);
    const subscribers = (known?.subscribers ?? 0) + here.subscribers;
    all.set(here.channel, { ...here, subscribers, offset: Math.max(known?.offset ?? 0, here.offset) });
  }
  // No worker gives more than so many: beyond that nobody counts which channels two workers have in common.
  const matching = Math.max(all.size, ...answers.map((answer) => answer.matching));
  const more = answers.some((answer) => answer.matching > answer.channels.length);
  const sorted = [...all.values()].sort((a, b) => b.subscribers - a.subscribers || b.offset - a.offset);
  return { channels: sorted.slice(0, limit), matching, more, unanswered };
};
