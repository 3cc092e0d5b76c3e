import { z } from 'zod';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import type { Peers } from './peers.js';

const answer = z.object({
  channels: z.array(z.object({ channel: z.string(), subscribers: z.number(), offset: z.number() })),
  matching: z.number(),
});
/** Each worker gives so many times more than are shown: who is first on all together need not be on each. */
const SPARE = 5;

export type ClusterChannel = Readonly<{ channel: string; subscribers: number; offset: number }>;

/** The channels of the whole cluster that somebody subscribes to, those with most subscribers first. @throws BrokerUnavailable */
export const clusterChannels = async (
  statistics: StatisticsReader,
  peers: Peers,
  { search, limit }: Readonly<{ search: string; limit: number }>,
): Promise<Readonly<{ channels: readonly ClusterChannel[]; unanswered: readonly string[] }>> => {
  const { workers } = await statistics.read();
  const question = { kind: 'channels', text: search, limit: limit * SPARE } as const;
  const { answers, unanswered } = await peers.ask(workers, question, answer);
  const all = new Map<string, ClusterChannel>();
  for (const found of answers.flatMap(({ channels }) => channels)) {
    const known = all.get(found.channel);
    const subscribers = (known?.subscribers ?? 0) + found.subscribers;
    all.set(found.channel, { ...found, subscribers, offset: Math.max(known?.offset ?? 0, found.offset) });
  }
  const sorted = [...all.values()].sort((a, b) => b.subscribers - a.subscribers || b.offset - a.offset);
  return { channels: sorted.slice(0, limit), unanswered };
};
