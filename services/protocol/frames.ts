import type { ChannelName, ClientId, ConnectionId, Epoch, FrameId, Offset, SessionId } from './ids.js';
import type { ErrorCode } from './error-codes.js';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A place in a channel's log: everything up to and with `offset` has been seen, in the life `epoch`. */
export type Position = Readonly<{ epoch: Epoch; offset: Offset }>;

/** Client to server (docs/PROTOCOL.md, Frames). */
export type PublishFrame = Readonly<{ type: 'publish'; channel: ChannelName; data: JsonValue; id?: FrameId }>;
export type SendFrame = Readonly<{
  type: 'send';
  to: Readonly<{ client_id: ClientId }>;
  data: JsonValue;
  id?: FrameId;
}>;
export type SubscribeFrame = Readonly<{
  type: 'subscribe';
  channel: ChannelName;
  recover?: Position;
  /** Whether who comes and leaves is told too. */
  presence?: boolean;
  id?: FrameId;
}>;
export type UnsubscribeFrame = Readonly<{ type: 'unsubscribe'; channel: ChannelName; id?: FrameId }>;
export type HistoryRequestFrame = Readonly<{
  type: 'history';
  channel: ChannelName;
  limit?: number;
  since?: Position;
  id?: FrameId;
}>;
export type PresenceRequestFrame = Readonly<{
  type: 'presence';
  channel: ChannelName;
  limit?: number;
  /** The `next_cursor` of an earlier answer. */
  cursor?: string;
  id?: FrameId;
}>;
export type ClientPingFrame = Readonly<{ type: 'system.ping'; id?: FrameId }>;
export type ClientPongFrame = Readonly<{ type: 'system.pong' }>;
export type ClientHeartbeatFrame = Readonly<{ type: 'system.heartbeat' }>;
/** A new token for this connection, before the one it has ends. */
export type TokenFrame = Readonly<{ type: 'system.token'; token: string; id?: FrameId }>;
export type ClientFrame =
  | PublishFrame
  | SendFrame
  | SubscribeFrame
  | UnsubscribeFrame
  | HistoryRequestFrame
  | PresenceRequestFrame
  | ClientPingFrame
  | ClientPongFrame
  | ClientHeartbeatFrame
  | TokenFrame;

/**
 * A frame of a type that the application has a handler for, as it is decoded: on the wire `name` is its type. What its `data`
 * must be is the handler's to say.
 */
export type ApplicationFrame = Readonly<{
  type: 'application';
  name: string;
  /** Undefined: the frame has none. */
  data: JsonValue | undefined;
  id?: FrameId;
}>;

/** Server to client. Times are ISO 8601 in UTC. */
export type WelcomeFrame = Readonly<{
  type: 'system.welcome';
  protocol: 1;
  session_id: SessionId;
  connection_id: ConnectionId;
  client_id: ClientId;
  resumed: boolean;
  message_count: number;
  color: string;
  worker: string;
  /** Seconds. */
  heartbeat_interval: number;
  time: string;
}>;
export type AckFrame = Readonly<{
  type: 'ack';
  id?: FrameId;
  channel?: ChannelName;
  epoch?: Epoch;
  offset?: Offset;
  message_count: number;
  duplicate?: boolean;
  delivered?: number;
}>;
export type SubscribedFrame = Readonly<{
  type: 'subscribed';
  id?: FrameId;
  channel: ChannelName;
  epoch: Epoch;
  offset: Offset;
  recovered: boolean;
}>;
export type UnsubscribedFrame = Readonly<{ type: 'unsubscribed'; id?: FrameId; channel: ChannelName }>;
export type Publication = Readonly<{
  epoch: Epoch;
  offset: Offset;
  from: ClientId;
  data: JsonValue;
  time: string;
}>;
export type MessageFrame = Publication & Readonly<{ type: 'message'; channel: ChannelName }>;
export type TargetedMessageFrame = Readonly<{
  type: 'message';
  to: Readonly<{ client_id: ClientId }>;
  /** Names the message: a client that moves may get it on both of its connections. */
  message_id: string;
  from: ClientId;
  data: JsonValue;
  time: string;
}>;
export type HistoryFrame = Readonly<{
  type: 'history';
  id?: FrameId;
  channel: ChannelName;
  /** The channel's newest publication. */
  epoch: Epoch;
  offset: Offset;
  publications: readonly Publication[];
  /** Further publications lie beyond this answer (newer ones after `since`, older ones without it). */
  more: boolean;
  /** Only in an answer to `since`: false when something after it can't be delivered any more. */
  recovered?: boolean;
}>;
export type PresenceFrame = Readonly<{
  type: 'presence';
  id?: FrameId;
  channel: ChannelName;
  clients: readonly Readonly<{
    client_id: ClientId;
    connections: number;
    joined_at: string;
    /** What its token says of it. */
    info?: JsonValue;
  }>[];
  /** On all pages. */
  count: number;
  /** Where the next page begins; absent on the last. */
  next_cursor?: string;
}>;
/** `reset`: some may have been missed. */
export type PresenceChangeFrame = Readonly<{
  type: 'presence_change';
  channel: ChannelName;
  change: 'join' | 'leave' | 'reset';
  /** Who came or left. */
  client_id?: ClientId;
  /** What the token says with which it came. */
  info?: JsonValue;
  /** Only where `reset` stands for changes that were too many to be told: how many of each. */
  joined?: number;
  left?: number;
  time: string;
}>;
/** What a handler of the application answers. */
export type ReplyFrame = Readonly<{ type: 'reply'; id?: FrameId; data: JsonValue }>;
export type HeartbeatFrame = Readonly<{ type: 'system.heartbeat'; time: string; active_connections: number }>;
export type PongFrame = Readonly<{ type: 'system.pong'; id?: FrameId; time: string }>;
export type RateLimitedFrame = Readonly<{
  type: 'system.rate_limited';
  /** Of the frame that was not taken. */
  id?: FrameId;
  retry_after: number;
  violations: number;
  limit: number;
  window: number;
}>;
export type IdleWarningFrame = Readonly<{
  type: 'system.idle_warning';
  idle_seconds: number;
  /** Only where idle connections are closed. */
  disconnect_in?: number;
}>;
/** The connection will be closed with its token, unless it is given another. */
export type TokenExpiringFrame = Readonly<{ type: 'system.token_expiring'; expires_in: number }>;
export type TokenRenewedFrame = Readonly<{
  type: 'system.token_renewed';
  id?: FrameId;
  /** Seconds; only of a token that ends. */
  expires_in?: number;
}>;
export type ReconnectFrame = Readonly<{
  type: 'system.reconnect';
  after_ms: number;
  deadline_ms: number;
  reason: 'deploy' | 'rollback';
}>;
export type ByeFrame = Readonly<{ type: 'system.bye'; message_count: number; reason: string }>;
export type ErrorFrame = Readonly<{ type: 'error'; id?: FrameId; code: ErrorCode; message: string }>;
export type ServerFrame =
  | WelcomeFrame
  | AckFrame
  | SubscribedFrame
  | UnsubscribedFrame
  | MessageFrame
  | TargetedMessageFrame
  | HistoryFrame
  | PresenceFrame
  | PresenceChangeFrame
  | ReplyFrame
  | HeartbeatFrame
  | PongFrame
  | RateLimitedFrame
  | IdleWarningFrame
  | TokenExpiringFrame
  | TokenRenewedFrame
  | ReconnectFrame
  | ByeFrame
  | ErrorFrame;
