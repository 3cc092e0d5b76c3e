import type { ChannelName } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';

/** Where a connection's frames go out. Calls after the connection ended are no-ops. */
export interface Outlet {
  /** One frame, encoded. */
  send(text: string): void;
  /** Everything that `write` sends leaves together. */
  cork(write: () => void): void;
  join(topic: string): void;
  leave(topic: string): void;
  readonly bufferedBytes: number;
}

/** A connection, as the hub sees it. */
export interface Subscriber {
  readonly out: Outlet;
  /** Whether what it is sent counts in the worker's totals. */
  readonly isCounted: boolean;
  /**
   * The subscription stands at `position`: messages follow from the next offset on. Called before the first message,
   * and again, with `recovered` false, when the order was broken.
   */
  subscribed(channel: ChannelName, position: Position, recovered: boolean): void;
  /** The client reads too slowly to be brought forward from the log. */
  tooSlow(channel: ChannelName): void;
}

/** Sends one encoded frame to every connection of this worker that joined the topic. */
export interface FanOut {
  publish(topic: string, text: string): void;
}

/** What the hub counts. */
export interface HubMetrics {
  /** One publication went out to so many connections of this worker. */
  fannedOut(connections: number): void;
  /** It had been in the log for so long, ms. `connections` as above: those of clients. */
  deliveredAfter(ms: number, connections: number): void;
  /** Publications were missing and came from the log. */
  gapFilled(publications: number): void;
  /** The log could not fill the gap: subscribers were told. */
  orderBroken(): void;
  fellBehind(): void;
}
