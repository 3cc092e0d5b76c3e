import type { ChannelName, ClientId, ConnectionId, Offset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';

/** The connection that a session uses now, and the worker instance it is on. */
export type SessionOwner = Readonly<{ connectionId: ConnectionId; workerId: string }>;

export type StoredSession = Readonly<{
  clientId: ClientId;
  /** Where `/ws/chat/` goes on: the last place the client is known to have received. */
  place: Position | undefined;
  /** Messages accepted so far, by channel. Their sum, less `countedBefore`, with `folded` and `sends` is the `message_count`. */
  counts: ReadonlyMap<ChannelName, number>;
  /** Those of them that are in `folded` already, where there are any. */
  countedBefore: ReadonlyMap<ChannelName, number>;
  /** Messages accepted so far in channels that were folded (`foldChannel`). */
  folded: number;
  /** Messages to clients (`send`) so far. */
  sends: number;
  /** Subscriptions that it goes on with, whatever its client may do by itself [channel-4] [api-13]. */
  kept: ReadonlyMap<ChannelName, KeptSubscription>;
  /** Who held the session until now, if somebody still does. */
  previousOwner: SessionOwner | undefined;
  spent: SpentAllowance;
}>;

/** What a session has used of its allowance of messages and what has not grown back yet. */
export type SpentAllowance = Readonly<{
  /** Names this state: whoever writes says on what it builds. Opaque; empty: nothing was ever used. */
  mark: string;
  /** Until all of it has grown back, ms. */
  debtMs: number;
}>;

export const NOTHING_SPENT: SpentAllowance = { mark: '', debtMs: 0 };

/** What one worker took of a session's allowance since it knew of `mark`. */
export type AllowanceCharge = Readonly<{
  mark: string;
  /** Until all has grown back, as far as this worker knows, ms. Holds where `mark` is still the newest state. */
  debtMs: number;
  /** What it took itself, ms: else this comes on top of the newest state. */
  chargedMs: number;
}>;

/** What a session had accepted in one channel. */
export type ChannelCount = Readonly<{
  channel: ChannelName;
  accepted: number;
  /** Those of them that were folded already. */
  countedBefore: number;
}>;

/** A subscription that a session goes on with. */
export type KeptSubscription = Readonly<{
  /** What came behind this offset may be recovered, without the right to the history too. */
  since: Offset;
  /** A program subscribed the client. */
  byProgram: boolean;
}>;

/** So many subscriptions are kept of one session. */
export const MAX_KEPT = 256;

export type SessionPlace = Readonly<{ ref: string; connectionId: ConnectionId; place: Position }>;

/**
 * What a client keeps across connections. Keyed by `ref`, a digest of the session_id: the secret itself is not stored.
 * A session, and the counts of its channels, live `SESSION_TTL` after the last use (`create`, `resume`, `touch`).
 * Every method throws BrokerUnavailable when Redis is away.
 */
export interface SessionStore {
  /**
   * Stored when it resolves. `place` is given where the server keeps the client's place; `subject` where a token opened it,
   * and is that token's.
   */
  create(ref: string, clientId: ClientId, owner: SessionOwner, place?: Position, subject?: ClientId): Promise<void>;
  /**
   * Makes `owner` the holder, and nothing where the session is another's: one that a token opened is its subject's, one
   * without a token that of those without [token-6]. Undefined: there is no such session for it (any more).
   */
  resume(ref: string, owner: SessionOwner, subject?: ClientId): Promise<StoredSession | undefined>;
  /**
   * The session publishes to this channel from now on: its count there belongs to the session. Resolves with how many of
   * those were folded before.
   */
  joinChannel(ref: string, channel: ChannelName): Promise<number>;
  /**
   * The channel's count goes into one sum of the session, and the channel is none of it any more until it is joined again.
   * Ids that were seen there stay seen. Idempotent.
   */
  foldChannel(ref: string, count: ChannelCount): Promise<void>;
  /** The session goes on with this channel. Nothing is kept of an unknown session, nor beyond MAX_KEPT channels. */
  keepSubscription(ref: string, channel: ChannelName, kept: KeptSubscription): Promise<void>;
  /** Idempotent. */
  dropSubscription(ref: string, channel: ChannelName): Promise<void>;
  /** A program's word about a client, for its sessions that are away: whether what it subscribed them to stands. */
  grant(clientId: ClientId, channel: ChannelName, stands: boolean): Promise<void>;
  /** Whether each of these still stands: it does unless `grant` has said otherwise. */
  areGranted(clientId: ClientId, channels: readonly ChannelName[]): Promise<readonly boolean[]>;
  /** Counts a message to a client. Resolves with how many there are; undefined: there is no such session (any more). */
  countSend(ref: string): Promise<number | undefined>;
  /** Stores places, many in one round trip; each only where `connectionId` still holds the session. */
  savePlaces(places: readonly SessionPlace[]): Promise<void>;
  /** The connection ended; forgets it as the holder unless another one has taken over. Writes what it still has to charge. */
  release(ref: string, connectionId: ConnectionId, charge?: AllowanceCharge): Promise<void>;
  /** Writes what was taken of the session's allowance. Undefined: there is no such session (any more). */
  charge(ref: string, charge: AllowanceCharge): Promise<SpentAllowance | undefined>;
  /** Keeps sessions that are in use alive, many in one round trip. */
  touch(refs: readonly string[]): Promise<void>;
}
