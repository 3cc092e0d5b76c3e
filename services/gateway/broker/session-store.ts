import type { ChannelName, ClientId, ConnectionId } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';

/** The connection that a session uses now, and the worker instance it is on. */
export type SessionOwner = Readonly<{ connectionId: ConnectionId; workerId: string }>;

export type StoredSession = Readonly<{
  clientId: ClientId;
  /** Where `/ws/chat/` goes on: the last place the client is known to have received. */
  place: Position | undefined;
  /** Messages accepted so far, by channel; their sum is the session's `message_count`. */
  counts: ReadonlyMap<ChannelName, number>;
  /** Who held the session until now, if somebody still does. */
  previousOwner: SessionOwner | undefined;
}>;

export type SessionPlace = Readonly<{ ref: string; connectionId: ConnectionId; place: Position }>;

/**
 * What a client keeps across connections. Keyed by `ref`, a digest of the session_id: the secret itself is not stored.
 * A session, and the counts of its channels, live `SESSION_TTL` after the last use (`create`, `resume`, `touch`).
 * Every method throws BrokerUnavailable when Redis is away.
 */
export interface SessionStore {
  /** Stored when it resolves. `place` is given where the server keeps the client's place. */
  create(ref: string, clientId: ClientId, owner: SessionOwner, place?: Position): Promise<void>;
  /** Makes `owner` the holder. Undefined: there is no such session (any more). */
  resume(ref: string, owner: SessionOwner): Promise<StoredSession | undefined>;
  /** The session publishes to this channel from now on: its count there belongs to the session. */
  joinChannel(ref: string, channel: ChannelName): Promise<void>;
  /** Stores places, many in one round trip; each only where `connectionId` still holds the session. */
  savePlaces(places: readonly SessionPlace[]): Promise<void>;
  /** The connection ended; forgets it as the holder unless another one has taken over. */
  release(ref: string, connectionId: ConnectionId): Promise<void>;
  /** Keeps sessions that are in use alive, many in one round trip. */
  touch(refs: readonly string[]): Promise<void>;
}
