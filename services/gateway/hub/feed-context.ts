import type { ChannelName, Offset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';
import type { ChannelLog, LoggedPublication } from '../broker/channel-log.js';
import type { FanOut, HubMetrics } from './subscriber.js';

/** The text in which the clients of a channel get a publication. */
export type Encode = (channel: ChannelName, publication: LoggedPublication) => string;

export type FeedOptions = Readonly<{
  encode: Encode;
  recentFrames: number;
  recentChars: number;
  /** Publications that may wait while a gap is read; over it they come from the log. */
  maxBuffered: number;
  /** Between attempts to read the log while Redis is away, ms. */
  retryMs: number;
}>;

export type FeedContext = Readonly<{ log: ChannelLog; fanOut: FanOut; metrics: HubMetrics; options: FeedOptions }>;

/** One subscription, as its feed sees it. */
export interface FeedMember {
  /** Whether what it is sent counts in the worker's totals. */
  readonly isCounted: boolean;
  /** The feed has just delivered `offset`. */
  feedReached(offset: Offset): void;
  /** The log can't fill what the feed missed: goes on from `top`, and says so. */
  orderBroken(top: Position): void;
  /** Leaves the topic when too much waits for the client; the log will bring it forward. True: it fell behind now. */
  checkPace(): boolean;
}
