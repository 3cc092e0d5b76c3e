import type { ChannelName, ClientId } from '../../protocol/ids.js';

/** A client that is in a channel. */
export type Member = Readonly<{
  clientId: ClientId;
  /** On all workers. */
  connections: number;
  /** When the first of them came, ms since 1970; kept while there is one. */
  joinedMs: number;
}>;

/** A client came into a channel with its first connection, or left it with its last. */
export type PresenceChange = Readonly<{ change: 'join' | 'leave'; clientId: ClientId; timeMs: number }>;

export type MemberPage = Readonly<{
  /** In order of their coming. */
  members: readonly Member[];
  /** Clients in the channel, on all pages. */
  count: number;
  /** Where the next page begins; undefined: this is the last. */
  next: string | undefined;
}>;

/**
 * Who is in which channel, by what each worker states of its own connections. Never counted up and down: a worker says
 * how many it has, so that it may say so again. A worker whose lease has not been renewed for `GONE_AFTER_MS` (4 s)
 * counts as gone, and what it stated with it: a kill -9 heals within 5 s. One that comes back states all anew.
 * Every method throws BrokerUnavailable while the store is away.
 */
export interface PresenceStore {
  /**
   * This worker has so many connections of each of these clients in the channel (0: none any more); with `whole`, and
   * none of any other client. Costs the number of clients given, not of members.
   */
  state(channel: ChannelName, clients: ReadonlyMap<ClientId, number>, whole: boolean): Promise<void>;
  /** Where this worker has stated some. */
  channels(): Promise<readonly ChannelName[]>;
  /** @param after the `next` of an earlier page */
  page(channel: ChannelName, query: Readonly<{ limit: number; after: string | undefined }>): Promise<MemberPage>;
  /**
   * The listener hears who comes and leaves, in the order in which that was stated. Resolves when it stands; while the
   * store is away at once, and it stands when that is back. What happens meanwhile is not heard. Idempotent.
   */
  watch(channel: ChannelName): Promise<void>;
  /** Idempotent; never throws. */
  unwatch(channel: ChannelName): void;
  /** Takes workers that are gone out of every channel. Idempotent, by whoever comes first. */
  forgetGone(): Promise<void>;
}

export const GONE_AFTER_MS = 4_000;
