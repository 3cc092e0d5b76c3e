import type { ChannelName, ClientId } from '../../protocol/ids.js';

/** A client that is in a channel. */
export type Member = Readonly<{
  clientId: ClientId;
  /** On all workers. */
  connections: number;
  /** When the first of them came, ms since 1970; kept while there is one. */
  joinedMs: number;
  /** What was said of it last (`state`); undefined: nothing. */
  info: ClientInfo | undefined;
}>;

/** What a client's token says of it, as JSON text, 1 KiB at most. */
export type ClientInfo = string;

/** A client came into a channel with its first connection, or left it with its last. */
export type PresenceChange = Readonly<{
  change: 'join' | 'leave';
  clientId: ClientId;
  timeMs: number;
  /** Where it came with one. */
  info: ClientInfo | undefined;
}>;

/** What is said of clients; undefined: nothing is any more. Of who is not in it nothing changes. */
export type ClientInfos = ReadonlyMap<ClientId, ClientInfo | undefined>;

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
   * none of any other client. Costs the number of clients given, not of members. Of a client on several workers holds what
   * any of them said last of it, while it is there.
   */
  state(
    channel: ChannelName,
    clients: ReadonlyMap<ClientId, number>,
    whole: boolean,
    infos?: ClientInfos,
  ): Promise<void>;
  /**
   * What was said of clients in these channels is kept for `INFO_KEPT_MS` from now, as after each `state` that says some;
   * then the store may forget it. (Who knows no infos leaves those of clients that left.)
   */
  keepInfos(channels: readonly ChannelName[]): Promise<void>;
  /** Where this worker has stated some. */
  channels(): Promise<readonly ChannelName[]>;
  /** At most `limit` members, and those whose infos have `PAGE_INFO_BYTES`, but always one. @param after the `next` of an earlier page */
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
export const INFO_KEPT_MS = 3_600_000;
/** Of the infos in one page, as bytes of UTF-8. */
export const PAGE_INFO_BYTES = 256 * 1024;
