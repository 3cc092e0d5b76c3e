import { messageFrameText } from '../../protocol/encode.js';
import type { ChannelName, Offset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import {
  BrokerUnavailable,
  type ChannelListener,
  type ChannelLog,
  type LoggedPublication,
} from '../broker/channel-log.js';
import { Loop } from '../lifecycle/loop.js';
import { Busiest, BUSIEST_WINDOW_MS, type BusiestChannel } from './busiest.js';
import type { Encode, FeedOptions } from './feed-context.js';
import { Feed } from './feed.js';
import type { FanOut, HubMetrics, Subscriber } from './subscriber.js';
import { Subscription } from './subscription.js';

export type HubOptions = Omit<FeedOptions, 'recentChars'> &
  Readonly<{
    /** A connection with more waiting bytes than this falls behind. */
    slowConsumerBytes: number;
    /** Between looks at the pace of subscribers of active channels, ms. */
    paceIntervalMs: number;
    /** Between comparisons of quiet channels with the log, ms [order-1]. */
    positionIntervalMs: number;
    /** A channel without subscribers is kept so long, ms. */
    lingerMs: number;
    /** Whether clients come back to this channel with a place in its log: only then its traffic says what must be kept. */
    recovers(channel: ChannelName): boolean;
  }>;

/** A channel as this worker knows it; `offset` is the newest that went out here. */
export type SubscribedChannel = Readonly<{ channel: ChannelName; subscribers: number; offset: number }>;

/** A `message` frame: what clients of every channel get unless the hub is told otherwise. */
export const encodeMessage: Encode = (channel, { epoch, offset, timeMs, body }) =>
  messageFrameText(channel, epoch, offset, new Date(timeMs).toISOString(), body);

export const DEFAULT_HUB_OPTIONS: HubOptions = {
  encode: encodeMessage,
  recentFrames: 256,
  maxBuffered: 10_000,
  retryMs: 200,
  slowConsumerBytes: 256 * 1024,
  paceIntervalMs: 100,
  positionIntervalMs: 5_000,
  lingerMs: 5_000,
  recovers: () => true,
};

const TOPS_BATCH = 128;

/** The channels of this worker: fans out what the broker brings to the connections of this worker. */
export class Hub implements ChannelListener {
  readonly #log: ChannelLog;
  readonly #fanOut: FanOut;
  readonly #metrics: HubMetrics;
  readonly #options: HubOptions;
  readonly #feeds = new Map<ChannelName, Feed>();
  /** Feeds that lost their last subscription, and when, ms. */
  readonly #idle = new Map<Feed, number>();
  readonly #busiest = new Busiest(performance.now());
  readonly loops: readonly Loop[];

  constructor(log: ChannelLog, fanOut: FanOut, metrics: HubMetrics, options: HubOptions = DEFAULT_HUB_OPTIONS) {
    this.#log = log;
    this.#fanOut = fanOut;
    this.#metrics = metrics;
    this.#options = options;
    const { paceIntervalMs, positionIntervalMs, lingerMs } = options;
    this.loops = [
      new Loop('hub_pace', paceIntervalMs, () => this.#checkPace()),
      new Loop('hub_positions', positionIntervalMs, () => this.#comparePositions()),
      new Loop('hub_idle', lingerMs / 2, () => this.#closeIdle()),
      new Loop('hub_busiest', BUSIEST_WINDOW_MS, () => this.#busiest.turn(this.#measured(), performance.now())),
    ];
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  stop(): void {
    for (const loop of this.loops) loop.stop();
    for (const feed of this.#feeds.values()) this.#close(feed);
  }

  /** Resolves when `Subscriber.subscribed` has been called. @throws BrokerUnavailable; the subscription is then over */
  async subscribe(channel: ChannelName, subscriber: Subscriber, from: Position | undefined): Promise<Subscription> {
    const feed = this.#feed(channel);
    const subscription = new Subscription(feed, this.#log, subscriber, this.#options.slowConsumerBytes);
    try {
      await subscription.start(from);
    } catch (error) {
      this.unsubscribe(subscription);
      throw error;
    }
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    subscription.end();
    const feed = this.#feeds.get(subscription.channel);
    if (feed !== undefined && feed.members.size === 0) this.#idle.set(feed, Date.now());
  }

  /** The channel's newest place as this worker has sent it. @throws BrokerUnavailable */
  async position(channel: ChannelName): Promise<Position> {
    const feed = this.#feed(channel);
    await feed.ready();
    if (feed.position === undefined) throw new BrokerUnavailable(`channel ${channel} is closed`);
    return feed.position;
  }

  /** Resolves when this publication of the channel has gone out on this worker, or never will. */
  async delivered(channel: ChannelName, offset: Offset): Promise<void> {
    await this.#feeds.get(channel)?.delivered(offset);
  }

  publication(channel: ChannelName, publication: LoggedPublication): void {
    this.#feeds.get(channel)?.receive(publication);
  }

  resumed(): void {
    for (const feed of this.#feeds.values()) feed.refill();
  }

  /** The most that any channel has brought to this worker in the last minutes. */
  busiestChannel(): BusiestChannel {
    return this.#busiest.peak(this.#measured());
  }

  /** Channels that somebody on this worker subscribes to, or did seconds ago. */
  get channelCount(): number {
    return this.#feeds.size;
  }

  /** Subscriptions whose client reads too slowly now: they left the topic, or are brought forward from the log. */
  get slowConsumers(): number {
    let behind = 0;
    for (const feed of this.#feeds.values()) behind += feed.behind.size;
    return behind;
  }

  /** The channels that somebody on this worker subscribes to. */
  channels(): readonly SubscribedChannel[] {
    return [...this.#feeds.values()]
      .filter(({ members }) => members.size > 0)
      .map(({ channel, members, position }) => ({
        channel,
        subscribers: members.size,
        offset: position?.offset ?? 0,
      }));
  }

  #measured(): readonly Feed[] {
    return [...this.#feeds.values()].filter((feed) => this.#options.recovers(feed.channel));
  }

  #feed(channel: ChannelName): Feed {
    const known = this.#feeds.get(channel);
    if (known !== undefined) {
      this.#idle.delete(known);
      if (known.members.size === 0) this.#idle.set(known, Date.now());
      return known;
    }
    const { encode, recentFrames, maxBuffered, retryMs, slowConsumerBytes } = this.#options;
    // What is sent from memory at once must not itself make a client too slow.
    const recentChars = slowConsumerBytes;
    const feed = new Feed(channel, {
      log: this.#log,
      fanOut: this.#fanOut,
      metrics: this.#metrics,
      options: { encode, recentFrames, recentChars, maxBuffered, retryMs },
    });
    this.#feeds.set(channel, feed);
    this.#idle.set(feed, Date.now());
    feed.ready().catch(() => this.#close(feed));
    return feed;
  }

  #close(feed: Feed): void {
    this.#idle.delete(feed);
    if (this.#feeds.get(feed.channel) !== feed) return;
    this.#feeds.delete(feed.channel);
    feed.close();
    this.#log.unlisten(feed.channel);
  }

  #closeIdle(): void {
    const before = Date.now() - this.#options.lingerMs;
    for (const [feed, since] of this.#idle) {
      if (feed.members.size > 0) this.#idle.delete(feed);
      else if (since <= before) this.#close(feed);
    }
  }

  #checkPace(): void {
    for (const feed of this.#feeds.values()) {
      if (!feed.active) continue;
      feed.active = false;
      for (const subscription of feed.live) if (subscription.checkPace()) this.#metrics.fellBehind();
    }
  }

  /** Pub/sub may lose the last publication of a channel without a trace: only the log can tell. */
  async #comparePositions(): Promise<void> {
    const feeds = [...this.#feeds.values()].filter((feed) => feed.isLive);
    for (let start = 0; start < feeds.length; start += TOPS_BATCH) {
      const batch = feeds.slice(start, start + TOPS_BATCH);
      try {
        const tops = await this.#log.tops(batch.map((feed) => feed.channel));
        for (const [index, feed] of batch.entries()) {
          const { position } = feed;
          const top = tops[index];
          if (position === undefined || top === undefined) continue;
          if (top.epoch !== position.epoch || top.offset > position.offset) feed.refill();
        }
      } catch (error) {
        if (!(error instanceof BrokerUnavailable)) throw error;
        return; // The reconnect reads everything anyway.
      }
    }
  }
}
