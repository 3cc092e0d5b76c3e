import type { MessageFrame, SubscribedFrame } from '../../services/protocol/frames.js';

/** One channel of a plain client, over all its connections. */
export interface Hearing {
  readonly isLive: boolean;
  /** A new connection is being opened. */
  begin(): void;
  /** Gives the frame that asks for the channel, where it has to be asked for. */
  welcomed(resumed: boolean): string | undefined;
  subscribed(frame: SubscribedFrame): void;
  heard(frame: MessageFrame): void;
}
