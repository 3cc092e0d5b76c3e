import type { ClientId } from '../../protocol/ids.js';
import type { MoveOrder } from '../lifecycle/connections.js';
import type { DisconnectReason } from '../observability/metrics.js';

/** What log lines say of who speaks; what is undefined they leave out. */
export type SpeakerFields = Readonly<{
  session_id?: string;
  client_id?: ClientId | undefined;
  message_count?: number;
}>;

/**
 * What one connection speaks: a profile of docs/PROTOCOL.md. Its connection calls it, never after `closed`, and does
 * for all profiles alike what is not speech: liveness, counts, the end.
 */
export interface Conversation {
  /** Undefined until it is known. */
  readonly clientId: ClientId | undefined;
  /** Fields of log lines, beside those of the connection. */
  readonly logFields: SpeakerFields;
  /** Messages that topics brought to this connection. */
  readonly fannedOut: number;
  /** Errors that it was told of, by frame or event; 0 where nothing of this profile tells any. */
  readonly errors: number;
  text(message: string): void;
  /** A text larger than a frame may be. */
  tooLarge(bytes: number): void;
  pong(payload: string): void;
  /** Bytes that waited were taken by the client. */
  drained(): void;
  /** Once a heartbeat interval, after a look whether the client lives: pings it, and says what a heartbeat says. */
  beat(nowMs: number): void;
  /**
   * Nothing of its own came for so long. `disconnectInSeconds` is undefined where idle connections are not closed.
   * False: nothing of this profile says it.
   */
  idle(seconds: number, disconnectInSeconds: number | undefined): boolean;
  /** In so many seconds it is closed, unless it is given another token. */
  tokenExpiring(seconds: number): void;
  /** Closes with 1012 by the deadline. Once. */
  move(order: MoveOrder): void;
  /** The last thing to say before a close that our code starts. */
  goodbye(reason: string): void;
  closed(reason: DisconnectReason): void;
}
