import type { Publication } from './events.js';
import { Latencies, type Times } from './latencies.js';
import type { Account, ChannelRecord } from './record.js';

/** From the call to publish to each delivery, of what was published from `fromMs` on and before `toMs`. */
export const deliveryTimes = (
  publications: readonly Publication[],
  accounts: readonly Account[],
  { fromMs, toMs }: Readonly<{ fromMs: number; toMs: number }> = { fromMs: -Infinity, toMs: Infinity },
): Times => {
  const latencies = new Latencies();
  const wanted = publications.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < toMs);
  const sentIn = new Map<ChannelRecord, Float64Array>();
  for (const { channel } of accounts) if (!sentIn.has(channel)) sentIn.set(channel, sendTimes(channel, wanted));
  for (const { channel, messages, times } of accounts) {
    const sent = sentIn.get(channel);
    for (let index = 0; index < messages.length; index += 1) {
      const sentAt = sent?.[messages[index] ?? -1] ?? Number.NaN;
      if (!Number.isNaN(sentAt)) latencies.add(channel.unpackTime(times[index] ?? 0) - sentAt);
    }
  }
  return latencies.times();
};

/** By number of the message; NaN where it is not wanted. */
const sendTimes = ({ name, places }: ChannelRecord, publications: readonly Publication[]): Float64Array => {
  const byId = new Float64Array(places.idCount).fill(Number.NaN);
  for (const { channel, id, sentAtMs } of publications) {
    const number = channel === name ? places.idNumber(id) : undefined;
    if (number !== undefined) byId[number] = sentAtMs;
  }
  return Float64Array.from(places.ids, (id) => byId[id] ?? Number.NaN);
};
