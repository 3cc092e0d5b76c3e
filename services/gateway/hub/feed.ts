import type { ChannelName, Offset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import { BrokerUnavailable, type LoggedPublication, type LogSlice } from '../broker/channel-log.js';
import { Arrivals } from './arrivals.js';
import { Audience } from './audience.js';
import type { Traffic } from './busiest.js';
import type { FeedContext, FeedMember } from './feed-context.js';
import { RecentFrames } from './recent.js';

/** `opening` and `filling` hold live publications back in `buffer` until the log has been read. */
type FeedState =
  | Readonly<{ kind: 'opening' | 'filling'; buffer: LoggedPublication[] }>
  | Readonly<{ kind: 'live' | 'closed' }>;

const FILL_PAGE = 500;
const FILL_BYTES = 1024 * 1024;

/**
 * One channel on this worker: turns what Redis pub/sub brings, which may have holes and repeats, into an ordered
 * stream for the subscriptions of this worker, with the log's help [order-1].
 */
export class Feed {
  readonly channel: ChannelName;
  readonly recent: RecentFrames;
  /** Subscriptions that get what is published through the topic. */
  readonly live = new Audience();
  /** Subscriptions that have more than the feed (the log was ahead of pub/sub) and join when it has caught up. */
  readonly ahead = new Set<FeedMember>();
  /** Subscriptions whose client reads too slowly, until the log has brought them forward. */
  readonly behind = new Set<FeedMember>();
  /** All subscriptions, in whatever state. */
  readonly members = new Set<FeedMember>();
  /** Published since the hub last asked. */
  active = false;
  /** What pub/sub has brought since the hub last counted. What the log fills in came earlier, and is no traffic. */
  readonly traffic: Traffic = { publications: 0, characters: 0 };

  readonly #context: FeedContext;
  readonly #opened: Promise<void>;
  readonly #arrivals = new Arrivals();
  #state: FeedState = { kind: 'opening', buffer: [] };
  #position: Position | undefined;
  #settled: (() => void)[] = [];

  constructor(channel: ChannelName, context: FeedContext) {
    this.channel = channel;
    this.#context = context;
    this.recent = new RecentFrames(context.options.recentFrames, context.options.recentChars);
    this.#opened = this.#open();
    // Whoever subscribes is told; without anybody the failure has no other audience.
    this.#opened.catch(() => undefined);
  }

  /** Resolves when the feed has a position and reads no gap. @throws BrokerUnavailable when it could not be opened */
  async ready(): Promise<void> {
    await this.#opened;
    while (this.#state.kind === 'filling') await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** The newest publication that went out; undefined until the feed is open. */
  get position(): Position | undefined {
    return this.#position;
  }

  get isLive(): boolean {
    return this.#state.kind === 'live';
  }

  encode(publication: LoggedPublication): string {
    return this.#context.options.encode(this.channel, publication);
  }

  /** Resolves when the publication at `offset` has gone out here, or never will. */
  async delivered(offset: Offset): Promise<void> {
    if (this.#position !== undefined && this.#position.offset < offset) await this.#arrivals.until(offset);
  }

  receive(publication: LoggedPublication): void {
    const state = this.#state;
    switch (state.kind) {
      case 'opening':
      case 'filling':
        if (state.buffer.length < this.#context.options.maxBuffered) state.buffer.push(publication);
        return;
      case 'live':
        this.#accept(publication);
        return;
      case 'closed':
        return;
      default:
        state satisfies never;
    }
  }

  /** Something may have been missed: reads the log from the position on. */
  refill(): void {
    if (this.#state.kind === 'live') void this.#fill();
  }

  close(): void {
    this.#state = { kind: 'closed' };
    this.#position = undefined;
    this.#arrivals.giveUp();
    this.#wake();
  }

  async #open(): Promise<void> {
    await this.#context.log.listen(this.channel);
    const [top] = await this.#context.log.tops([this.channel]);
    if (this.#state.kind !== 'opening' || top === undefined) return;
    this.#position = top;
    this.#goLive(this.#state.buffer);
  }

  #goLive(buffer: readonly LoggedPublication[]): void {
    this.#state = { kind: 'live' };
    for (const publication of buffer) this.receive(publication);
    if (this.#state.kind === 'live') this.#wake();
  }

  #wake(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  #accept(publication: LoggedPublication): void {
    const position = this.#position;
    if (position === undefined) return;
    if (publication.epoch === position.epoch) {
      if (publication.offset <= position.offset) return;
      if (publication.offset === position.offset + 1) {
        this.traffic.publications += 1;
        this.traffic.characters += publication.body.length;
        this.#deliver(publication);
        return;
      }
    }
    // A hole, or another life of the log: only the log knows what lies between, and it has this one too.
    void this.#fill();
  }

  #deliver(publication: LoggedPublication): void {
    const { epoch, offset } = publication;
    const text = this.encode(publication);
    this.#position = { epoch, offset };
    this.recent.push({ epoch, offset, text });
    this.active = true;
    if (this.live.size > 0) {
      this.#context.fanOut.publish(this.channel, text);
      this.#context.metrics.fannedOut(this.live.counted);
      this.#context.metrics.deliveredAfter(Date.now() - publication.timeMs, this.live.counted);
      this.live.hear();
    }
    for (const subscription of this.ahead) subscription.feedReached(offset);
    this.#arrivals.delivered(offset);
  }

  async #fill(): Promise<void> {
    const buffer: LoggedPublication[] = [];
    this.#state = { kind: 'filling', buffer };
    let filled = 0;
    for (;;) {
      const slice = await this.#readOn(buffer);
      // Closed meanwhile: nobody listens.
      if (slice === undefined || this.#state.kind !== 'filling') return;
      if (!slice.continuous) {
        this.#breakOrder(slice.top);
        break;
      }
      for (const publication of slice.publications) this.#deliver(publication);
      filled += slice.publications.length;
      if (slice.more) continue;
      // The life may be a new one although nothing was lost.
      if (this.#position !== undefined) this.#position = { epoch: slice.top.epoch, offset: this.#position.offset };
      break;
    }
    if (filled > 0) this.#context.metrics.gapFilled(filled);
    this.#goLive(buffer);
  }

  async #readOn(buffer: LoggedPublication[]): Promise<LogSlice | undefined> {
    while (this.#state.kind === 'filling' && this.#position !== undefined) {
      // What has arrived by now was logged before it was published: the read will bring it.
      buffer.length = 0;
      try {
        return await this.#context.log.read({
          channel: this.channel,
          since: this.#position,
          limit: FILL_PAGE,
          maxBytes: FILL_BYTES,
        });
      } catch (error) {
        if (!(error instanceof BrokerUnavailable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, this.#context.options.retryMs));
      }
    }
    return undefined;
  }

  /** What lies after the position can't be delivered any more: every subscription is told where it stands now. */
  #breakOrder(top: Position): void {
    this.#position = top;
    this.recent.clear();
    this.#context.metrics.orderBroken();
    for (const subscription of this.members) subscription.orderBroken(top);
    this.#arrivals.giveUp();
  }
}
