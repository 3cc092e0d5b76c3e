import type { Position } from '../../../protocol/frames.js';
import type { ChannelName } from '../../../protocol/ids.js';
import type { BrokerLimits } from '../broker.js';
import type { Accepted, ChannelLog, LoggedPublication, LogQuery, LogSlice, PublishRequest } from '../channel-log.js';
import { logKey, metaKey } from './keys.js';
import type { Outbox } from './outbox.js';
import type { Publisher } from './publisher.js';
import { epochOf, listOf, numberOf, offsetOf, textOf } from './reply.js';
import type { Subscriptions } from './subscriptions.js';

const HEAD = 4;
const FIELDS = 4;

const publicationsOf = (reply: readonly unknown[]): LoggedPublication[] => {
  const publications: LoggedPublication[] = [];
  for (let at = HEAD; at < reply.length; at += FIELDS) {
    publications.push({
      offset: offsetOf(reply[at]),
      timeMs: numberOf(reply[at + 1]),
      epoch: epochOf(reply[at + 2]),
      body: textOf(reply[at + 3]),
    });
  }
  return publications;
};

/** The log of every channel in Redis: one script per request, the outbox for order and lost replies. */
export class RedisLog implements ChannelLog {
  readonly #publisher: Publisher;
  readonly #outbox: Outbox;
  readonly #subscriptions: Subscriptions;
  readonly #limits: BrokerLimits;

  constructor(publisher: Publisher, outbox: Outbox, subscriptions: Subscriptions, limits: BrokerLimits) {
    this.#publisher = publisher;
    this.#outbox = outbox;
    this.#subscriptions = subscriptions;
    this.#limits = limits;
  }

  publish(request: PublishRequest): Promise<Accepted> {
    return this.#outbox.publish(request);
  }

  async read({ channel, since, limit, maxBytes }: LogQuery): Promise<LogSlice> {
    const after = since === undefined ? [] : [since.epoch, since.offset];
    const reply = listOf(
      await this.#publisher.runOnChannel(
        'read',
        [logKey(channel), metaKey(channel)],
        [this.#limits.sessionTtlSeconds, limit, maxBytes, ...after],
      ),
    );
    const publications = publicationsOf(reply);
    return {
      top: { epoch: epochOf(reply[0]), offset: offsetOf(reply[1]) },
      publications: since === undefined ? publications.toReversed() : publications,
      continuous: reply[2] === 1,
      more: reply[3] === 1,
    };
  }

  tops(channels: readonly ChannelName[]): Promise<readonly Position[]> {
    return Promise.all(channels.map((channel) => this.#top(channel)));
  }

  listen(channel: ChannelName): Promise<void> {
    return this.#subscriptions.listen(channel);
  }

  unlisten(channel: ChannelName): void {
    this.#subscriptions.unlisten(channel);
  }

  async #top(channel: ChannelName): Promise<Position> {
    const keys = [logKey(channel), metaKey(channel)];
    const [epoch, offset] = listOf(await this.#publisher.runOnChannel('top', keys, [this.#limits.sessionTtlSeconds]));
    return { epoch: epochOf(epoch), offset: offsetOf(offset) };
  }
}
