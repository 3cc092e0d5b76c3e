import type { Position } from '../../../protocol/frames.js';
import type { ChannelName } from '../../../protocol/ids.js';
import type { MoveOrder } from '../../lifecycle/connections.js';

/** What differs between the endpoints that speak frames. Called only while the connection is open. */
export interface FrameProfile {
  /** Where a new session's place begins, when the server keeps it. */
  readonly firstPlace: (() => Promise<Position>) | undefined;
  /** Messages that topics brought. */
  readonly fannedOut: number;
  /** The welcome has been sent. */
  opened(): void;
  text(message: string): void;
  /** Subscribes the client unasked, or ends that, unless it is so already. */
  follow(channel: ChannelName, follows: boolean): void;
  pong(payload: string): void;
  /** Bytes that waited were taken by the client. */
  drained(): void;
  /** What a heartbeat's ping carries. */
  pingPayload(): string;
  move(order: MoveOrder): void;
  closed(): void;
}
