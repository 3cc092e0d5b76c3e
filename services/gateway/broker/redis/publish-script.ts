import type { ChannelName } from '../../../protocol/ids.js';
import type { BrokerLimits } from '../broker.js';
import type { Accepted } from '../channel-log.js';
import { logKey, metaKey, publisherKey, topicOf } from './keys.js';
import { epochOf, numberOf, offsetOf, textOf } from './reply.js';
import type { Batch } from './turn-batches.js';

/** One publication as `publish.lua` takes it. */
export type Publication = Readonly<{
  channel: ChannelName;
  publisher: string;
  /** Tells a request sent again from another one with the same id. */
  token: string;
  id: string;
  body: string;
  /** How long the channel's log is kept after it, s. */
  keepSeconds: number;
}>;

/** Of one publication in the reply: epoch, offset, count, duplicate. */
const FIELDS = 4;

/** What `publish.lua` is asked with, behind what every script of a channel is. @param batch publications of one channel, at least one */
export const publishCall = (
  batch: Batch<Publication>,
  limits: BrokerLimits,
): Readonly<{ keys: readonly string[]; args: readonly (string | number)[] }> => {
  const [{ channel, keepSeconds }] = batch;
  const keys = [logKey(channel), metaKey(channel)];
  const args = [
    topicOf(channel),
    limits.historySize,
    limits.historyMaxBytes,
    // The newest one decides.
    batch.at(-1)?.keepSeconds ?? keepSeconds,
    limits.sessionTtlSeconds,
    limits.dedupeWindowSeconds * 1_000,
    limits.dedupeMaxIds,
  ];
  for (const { publisher, token, id, body } of batch) {
    keys.push(publisherKey(channel, publisher));
    args.push(token, id, body);
  }
  return { keys, args };
};

/** What became of each of a batch, in its order. @throws UnexpectedReply */
export const publishReply = (reply: unknown): readonly Accepted[] => {
  const fields = textOf(reply).split(' ');
  const accepted: Accepted[] = [];
  for (let at = 0; at < fields.length; at += FIELDS) {
    accepted.push({
      epoch: epochOf(fields[at]),
      offset: offsetOf(fields[at + 1]),
      count: numberOf(fields[at + 2]),
      duplicate: fields[at + 3] === '1',
    });
  }
  return accepted;
};
