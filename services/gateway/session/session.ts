import type { ChannelName, ClientId, SessionId } from '../../protocol/ids.js';
import type { KeptSubscription } from '../broker/session-store.js';
import type { Position } from '../../protocol/frames.js';

/** What a client keeps across connections, as one connection knows it. */
export class Session {
  readonly id: SessionId;
  /** Key in the store: a digest of `id`. */
  readonly ref: string;
  readonly clientId: ClientId;
  readonly resumed: boolean;
  /** Where the server goes on for clients that remember nothing. */
  readonly place: Position | undefined;
  /** Subscriptions that it goes on with, whatever its client may do by itself [channel-4] [api-13]. */
  readonly kept: Map<ChannelName, KeptSubscription>;
  readonly #counts: Map<ChannelName, number>;
  readonly #joining = new Map<ChannelName, Promise<void>>();
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
    this.kept = new Map(given.kept);
    this.#counts = new Map(given.counts);
    this.#sends = given.sends;
    this.#messageCount = given.sends;
    for (const count of this.#counts.values()) this.#messageCount += count;
  }

  /** Channels that programs subscribed its client to. */
  get granted(): readonly ChannelName[] {
    return [...this.kept].flatMap(([channel, { byProgram }]) => (byProgram ? [channel] : []));
  }

  /** Messages accepted from this session, on all its connections. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /** The count of this channel belongs to the session: `join` stores that, once. Rejects as `join` does. */
  async joined(channel: ChannelName, join: () => Promise<void>): Promise<void> {
    if (this.#counts.has(channel)) return;
    const known = this.#joining.get(channel);
    if (known !== undefined) return known;
    const joining = join();
    this.#joining.set(channel, joining);
    try {
      await joining;
    } finally {
      this.#joining.delete(channel);
    }
  }

  /** `count` messages have been accepted in this channel so far; acks may come in any order, so it never falls. */
  counted(channel: ChannelName, count: number): void {
    const before = this.#counts.get(channel) ?? 0;
    if (count < before) return;
    this.#counts.set(channel, count);
    this.#messageCount += count - before;
  }

  /** `count` messages to clients have been accepted so far; it never falls either. */
  countedSends(count: number): void {
    if (count <= this.#sends) return;
    this.#messageCount += count - this.#sends;
    this.#sends = count;
  }
}
