import type { ChannelName, Epoch, Offset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';

/**
 * One publication as the broker keeps it. `body` is the inside of a JSON object, `"from":…,"data":…`: the broker
 * passes it on and never parses it.
 */
export type LoggedPublication = Readonly<{ epoch: Epoch; offset: Offset; timeMs: number; body: string }>;

export type PublishRequest = Readonly<{
  channel: ChannelName;
  /** Who publishes: the key under which ids are deduped and messages counted (a session's `ref`). */
  publisher: string;
  /** The client's id of the frame, or one that the worker minted: the same id within the window is accepted once. */
  id: string;
  body: string;
  /** How long the channel's log is kept after it, s; default `historyTtlSeconds`. */
  keepSeconds?: number | undefined;
}>;

export type Accepted = Readonly<{
  epoch: Epoch;
  offset: Offset;
  /** Messages accepted from this publisher in this channel so far, duplicates not counted. */
  count: number;
  /** This id had been accepted before; `offset` is the first one's and nothing was published again. */
  duplicate: boolean;
}>;

export type LogQuery = Readonly<{
  channel: ChannelName;
  /** Read what comes after this place; without it, the newest publications. */
  since?: Position;
  /** At most so many publications, 1–1000. */
  limit: number;
  /** At most so many bytes of bodies; at least one publication is always given. */
  maxBytes: number;
}>;

export type LogSlice = Readonly<{
  /** The channel's newest place. */
  top: Position;
  /** Oldest first, offsets without a hole. */
  publications: readonly LoggedPublication[];
  /**
   * With `since`: everything after it is in the log, and `publications` starts right after it. False: its life is
   * over or unknown, or the log no longer reaches back; `publications` then starts with the oldest one kept.
   * Without `since`: true.
   */
  continuous: boolean;
  /** With `since`: newer publications remain. Without: older ones remain. */
  more: boolean;
}>;

/** Refused because Redis is away. The outcome of a publish is then unknown: ask again with the same id. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
}
/** Refused because too many publishes wait for Redis. No effect. */
export class BrokerOverloaded extends Error {
  override readonly name = 'BrokerOverloaded';
}

export interface ChannelListener {
  /**
   * A publication arrived on a channel that is listened to. In order per channel as Redis sent them, but holes and
   * repeats are possible: pub/sub may lose, and a fill-in from the log may overlap. The listener checks offsets.
   */
  publication(channel: ChannelName, publication: LoggedPublication): void;
  /**
   * The subscription was broken and stands again (reconnect, silent connection replaced): anything may have been
   * missed on every channel listened to.
   */
  resumed(): void;
}

/**
 * The log of every channel, shared by all workers.
 *
 * Guarantees: an accepted publication is in the log at its offset before `publish` resolves; offsets of a channel are
 * 1, 2, 3 …; publishes of one publisher handed in one after the other are logged in that order; a lost reply is asked
 * for again with the same id, so that it never doubles; an offset given twice (Redis came back with an older state)
 * carries a different epoch, and `read` knows which places that made invalid.
 */
export interface ChannelLog {
  /** @throws BrokerUnavailable, BrokerOverloaded */
  publish(request: PublishRequest): Promise<Accepted>;
  /** @throws BrokerUnavailable */
  read(query: LogQuery): Promise<LogSlice>;
  /** Newest places of many channels in one round trip, in the order asked. @throws BrokerUnavailable */
  tops(channels: readonly ChannelName[]): Promise<readonly Position[]>;
  /**
   * Starts to listen. Resolves when the subscription stands: what is published from then on reaches the listener.
   * @throws BrokerUnavailable
   */
  listen(channel: ChannelName): Promise<void>;
  /** Stops to listen. Idempotent; never throws. */
  unlisten(channel: ChannelName): void;
}
