import type { ChannelName, ClientId, SessionId } from '../../protocol/ids.js';
import type { KeptSubscription } from '../broker/session-store.js';
import type { Position } from '../../protocol/frames.js';
import type { ChannelCount } from '../broker/session-store.js';

/** Channels whose counts a session knows one by one; where it publishes to more, the oldest go into one sum. */
export const MAX_COUNTED_CHANNELS = 256;

const NO_CHANNELS: readonly ChannelName[] = [];
const NONE_KEPT: ReadonlyMap<ChannelName, KeptSubscription> = new Map();

/** An empty map costs a connection 200 bytes, and most have nothing to keep in it. */
const copyOf = <Value>(map: ReadonlyMap<ChannelName, Value>): Map<ChannelName, Value> | undefined =>
  map.size === 0 ? undefined : new Map(map);

/** What a client keeps across connections, as one connection knows it. */
export class Session {
  readonly id: SessionId;
  /** Key in the store: a digest of `id`. */
  readonly ref: string;
  readonly clientId: ClientId;
  readonly resumed: boolean;
  /** Where the server goes on for clients that remember nothing. */
  readonly place: Position | undefined;
  #kept: Map<ChannelName, KeptSubscription> | undefined;
  #counts: Map<ChannelName, number> | undefined;
  /** Of channels that were folded and joined again: what of their counts is in that sum. */
  #countedBefore: Map<ChannelName, number> | undefined;
  #joining: Map<ChannelName, Promise<void>> | undefined;
  #sends: number;
  #messageCount: number;

  constructor(
    given: Readonly<{
      id: SessionId;
      ref: string;
      clientId: ClientId;
      resumed: boolean;
      place: Position | undefined;
      counts: ReadonlyMap<ChannelName, number>;
      countedBefore: ReadonlyMap<ChannelName, number>;
      folded: number;
      /** Messages to clients. */
      sends: number;
      kept: ReadonlyMap<ChannelName, KeptSubscription>;
    }>,
  ) {
    this.id = given.id;
    this.ref = given.ref;
    this.clientId = given.clientId;
    this.resumed = given.resumed;
    this.place = given.place;
    this.#kept = copyOf(given.kept);
    this.#counts = copyOf(given.counts);
    this.#sends = given.sends;
    this.#countedBefore = copyOf(given.countedBefore);
    this.#messageCount = given.sends + given.folded;
    for (const count of given.counts.values()) this.#messageCount += count;
    for (const count of given.countedBefore.values()) this.#messageCount -= count;
  }

  /** Subscriptions that it goes on with, whatever its client may do by itself [channel-4] [api-13]. */
  get kept(): ReadonlyMap<ChannelName, KeptSubscription> {
    return this.#kept ?? NONE_KEPT;
  }

  keep(channel: ChannelName, kept: KeptSubscription): void {
    this.#kept ??= new Map();
    this.#kept.set(channel, kept);
  }

  /** Returns whether it was kept. */
  drop(channel: ChannelName): boolean {
    return this.#kept?.delete(channel) ?? false;
  }

  /** Channels that programs subscribed its client to. */
  get granted(): readonly ChannelName[] {
    return this.kept.size === 0
      ? NO_CHANNELS
      : [...this.kept].flatMap(([channel, { byProgram }]) => (byProgram ? [channel] : []));
  }

  /** Messages accepted from this session, on all its connections. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /** Whether it counts what is accepted in this channel: it was joined, and not folded since. */
  counts(channel: ChannelName): boolean {
    return this.#counts?.has(channel) ?? false;
  }

  /**
   * The count of this channel belongs to the session: `join` stores that, once, and resolves with how many of it were
   * folded before. Rejects as `join` does.
   */
  async joined(channel: ChannelName, join: () => Promise<number>): Promise<void> {
    if (this.counts(channel)) return;
    const known = this.#joining?.get(channel);
    if (known !== undefined) return known;
    const joining = this.#join(channel, join);
    this.#joining ??= new Map();
    this.#joining.set(channel, joining);
    try {
      await joining;
    } finally {
      this.#joining?.delete(channel);
    }
  }

  /** The oldest channel, where there is no room for one more: it is to be folded, and counted here no more. */
  takeOldest(): ChannelCount | undefined {
    const [oldest] = this.#counts ?? [];
    if (oldest === undefined || this.#counts === undefined || this.#counts.size < MAX_COUNTED_CHANNELS)
      return undefined;
    const [channel, accepted] = oldest;
    const countedBefore = this.#countedBefore?.get(channel) ?? 0;
    this.#counts.delete(channel);
    this.#countedBefore?.delete(channel);
    return { channel, accepted, countedBefore };
  }

  /** It could not be folded. */
  putBack({ channel, accepted, countedBefore }: ChannelCount): void {
    if (!this.counts(channel)) this.#begin(channel, accepted, countedBefore);
  }

  /** `count` messages have been accepted in this channel so far; acks may come in any order, so it never falls. */
  counted(channel: ChannelName, count: number): void {
    this.#counts ??= new Map();
    const before = this.#counts.get(channel) ?? 0;
    if (count < before) return;
    this.#counts.set(channel, count);
    this.#messageCount += count - before;
  }

  async #join(channel: ChannelName, join: () => Promise<number>): Promise<void> {
    const folded = await join();
    this.#begin(channel, folded, folded);
  }

  #begin(channel: ChannelName, accepted: number, countedBefore: number): void {
    this.#counts ??= new Map();
    this.#counts.set(channel, accepted);
    if (countedBefore === 0) return;
    this.#countedBefore ??= new Map();
    this.#countedBefore.set(channel, countedBefore);
  }

  /** `count` messages to clients have been accepted so far; it never falls either. */
  countedSends(count: number): void {
    if (count <= this.#sends) return;
    this.#messageCount += count - this.#sends;
    this.#sends = count;
  }
}
