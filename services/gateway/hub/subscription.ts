import type { ChannelName, Offset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import { BrokerUnavailable, type ChannelLog, type LogSlice } from '../broker/channel-log.js';
import type { FeedMember } from './feed-context.js';
import type { Feed } from './feed.js';
import type { Subscriber } from './subscriber.js';

/**
 * `catching`: being brought forward from the log. `ahead`: has more than the feed, joins when that has caught up.
 * `live`: gets the topic. `behind`: the client reads too slowly; waits until its socket has drained.
 */
type SubscriptionState =
  | Readonly<{ kind: 'catching' | 'ahead' | 'behind'; cursor: Position }>
  | Readonly<{ kind: 'live' | 'ended' }>;

const PAGE = 500;

/** One connection's place in one channel [order-1] [resume-1]. */
export class Subscription implements FeedMember {
  readonly channel: ChannelName;
  readonly #feed: Feed;
  readonly #log: ChannelLog;
  readonly #subscriber: Subscriber;
  readonly #slowBytes: number;
  #state: SubscriptionState | undefined;
  #announced = false;
  /** Nothing up to here was asked for: it began, or was broken off, behind it. */
  #since: Offset | undefined;
  /** What the topic brought before it was left. */
  #heardBefore = 0;

  constructor(feed: Feed, log: ChannelLog, subscriber: Subscriber, slowBytes: number) {
    this.channel = feed.channel;
    this.#feed = feed;
    this.#log = log;
    this.#subscriber = subscriber;
    this.#slowBytes = slowBytes;
    feed.members.add(this);
  }

  /**
   * Takes its place and announces it by `Subscriber.subscribed`: at the newest publication, or with `from` right
   * behind that, if the log still reaches back so far. @throws BrokerUnavailable
   */
  async start(from: Position | undefined): Promise<void> {
    await this.#feed.ready();
    if (this.#state !== undefined) return;
    if (from === undefined) this.#joinAt(this.#feedPosition(), false);
    else await this.#catchUp(from);
  }

  /** The client was sent nothing up to here; undefined before it began. */
  get since(): Offset | undefined {
    return this.#since;
  }

  /** The last offset that was handed to the socket; undefined before the first announcement. */
  get position(): Position | undefined {
    if (!this.#announced || this.#state === undefined) return undefined;
    return 'cursor' in this.#state ? this.#state.cursor : this.#feed.position;
  }

  get isCounted(): boolean {
    return this.#subscriber.isCounted;
  }

  /** Messages that the topic brought; the others were sent to the subscriber's outlet. */
  get fannedOut(): number {
    return this.#heardBefore + this.#feed.live.heardBy(this);
  }

  checkPace(): boolean {
    if (this.#state?.kind !== 'live' || this.#subscriber.out.bufferedBytes <= this.#slowBytes) return false;
    const cursor = this.#feed.position;
    if (cursor === undefined) return false;
    this.#leave();
    this.#fallBehind(cursor);
    return true;
  }

  /** The socket has drained. */
  drained(): void {
    if (this.#state?.kind !== 'behind' || this.#subscriber.out.bufferedBytes > this.#slowBytes / 4) return;
    this.#catchUp(this.#state.cursor).catch(() => {
      this.#subscriber.tooSlow(this.channel);
    });
  }

  feedReached(offset: Offset): void {
    if (this.#state?.kind === 'ahead' && offset === this.#state.cursor.offset) this.#join();
  }

  orderBroken(top: Position): void {
    switch (this.#state?.kind) {
      case 'live':
      case 'ahead':
        this.#joinAt(top, false);
        return;
      case 'behind':
        this.#subscriber.tooSlow(this.channel);
        return;
      case 'catching': // Its own read of the log will tell.
      case 'ended':
      case undefined:
        return;
      default:
        this.#state satisfies never;
    }
  }

  end(): void {
    this.#leave();
    this.#feed.ahead.delete(this);
    this.#feed.behind.delete(this);
    this.#feed.members.delete(this);
    this.#state = { kind: 'ended' };
  }

  async #catchUp(from: Position): Promise<void> {
    let cursor = from;
    this.#since ??= from.offset;
    this.#state = { kind: 'catching', cursor };
    for (;;) {
      await this.#feed.ready();
      if (this.#isEnded()) return;
      const position = this.#feedPosition();
      const recent = this.#feed.recent.after(cursor, position);
      if (recent !== undefined) {
        this.#subscriber.out.cork(() => {
          this.#announce(position, true);
          for (const frame of recent) this.#subscriber.out.send(frame.text);
          this.#join();
        });
        return;
      }
      const slice = await this.#log.read({
        channel: this.channel,
        since: cursor,
        limit: PAGE,
        maxBytes: this.#slowBytes,
      });
      if (this.#isEnded()) return;
      if (!slice.continuous) {
        this.#cantContinue();
        return;
      }
      cursor = this.#sendPage(slice, cursor);
      if (this.#subscriber.out.bufferedBytes > this.#slowBytes) {
        this.#fallBehind(cursor);
        return;
      }
      this.#state = { kind: 'catching', cursor };
      if (!slice.more && this.#feedPosition().offset <= cursor.offset) {
        this.#meetFeed(cursor);
        return;
      }
    }
  }

  #sendPage(slice: LogSlice, cursor: Position): Position {
    let reached = cursor;
    this.#subscriber.out.cork(() => {
      this.#announce(slice.top, true);
      for (const publication of slice.publications) {
        this.#subscriber.out.send(this.#feed.encode(publication));
        reached = { epoch: publication.epoch, offset: publication.offset };
      }
    });
    // With nothing left to read the place is the newest one, in the newest life.
    return slice.more ? reached : slice.top;
  }

  #meetFeed(cursor: Position): void {
    if (this.#feedPosition().offset === cursor.offset) {
      this.#join();
      return;
    }
    this.#state = { kind: 'ahead', cursor };
    this.#feed.ahead.add(this);
  }

  /** The place given is not good, or the log was trimmed while it was read. */
  #cantContinue(): void {
    if (this.#announced) this.#subscriber.tooSlow(this.channel);
    else this.#joinAt(this.#feedPosition(), false);
  }

  #joinAt(position: Position, recovered: boolean): void {
    this.#announced = false;
    this.#since = position.offset;
    this.#announce(position, recovered);
    this.#join();
  }

  #announce(position: Position, recovered: boolean): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#subscriber.subscribed(this.channel, position, recovered);
  }

  #fallBehind(cursor: Position): void {
    this.#feed.behind.add(this);
    this.#state = { kind: 'behind', cursor };
  }

  #join(): void {
    this.#feed.ahead.delete(this);
    this.#feed.behind.delete(this);
    this.#feed.live.add(this);
    this.#subscriber.out.join(this.channel);
    this.#state = { kind: 'live' };
  }

  #leave(): void {
    this.#heardBefore = this.fannedOut;
    if (this.#feed.live.delete(this)) this.#subscriber.out.leave(this.channel);
  }

  /** @throws BrokerUnavailable when the feed was closed meanwhile */
  #feedPosition(): Position {
    const { position } = this.#feed;
    if (position === undefined) throw new BrokerUnavailable(`channel ${this.channel} is closed`);
    return position;
  }

  #isEnded(): boolean {
    return this.#state?.kind === 'ended';
  }
}
