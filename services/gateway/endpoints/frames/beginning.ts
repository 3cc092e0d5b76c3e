import type { Position } from '../../../protocol/frames.js';
import type { ChannelName } from '../../../protocol/ids.js';
import type { FrameConnection } from './frame-connection.js';

/**
 * Where a subscription begins. A client that may not read a channel's history gets nothing from before it subscribed; but
 * its session goes on with what it is subscribed to, or a move would lose messages [channel-4].
 */
export class Beginning {
  readonly #connection: FrameConnection;
  readonly #mayRead: (channel: ChannelName) => boolean;

  /** @param mayRead whether the client may read the channel's history */
  constructor(connection: FrameConnection, mayRead: (channel: ChannelName) => boolean) {
    this.#connection = connection;
    this.#mayRead = mayRead;
  }

  /** As much of `recover` as the client may have: that, or undefined for from now on. @throws BrokerUnavailable */
  async of(channel: ChannelName, recover: Position | undefined): Promise<Position | undefined> {
    const { session, context } = this.#connection;
    if (session === undefined || this.#mayRead(channel)) return recover;
    const kept = session.kept.get(channel);
    if (kept !== undefined && recover !== undefined && recover.offset >= kept.since) return recover;
    const { offset: since } = await context.hub.position(channel);
    // Before it is answered: the next worker must know of it.
    await context.sessions.keepSubscription(session, channel, { since, byProgram: kept?.byProgram === true });
    return recover !== undefined && recover.offset >= since ? recover : undefined;
  }

  /** A program subscribes the client, from now on: its session goes on with that [api-13]. @throws BrokerUnavailable */
  async granted(channel: ChannelName): Promise<undefined> {
    const { session, context } = this.#connection;
    if (session === undefined) return;
    const { offset: since } = await context.hub.position(channel);
    await context.sessions.keepSubscription(session, channel, { since, byProgram: true });
  }

  /** The client does not want the channel any more. */
  forget(channel: ChannelName): void {
    const { session, context } = this.#connection;
    if (session !== undefined) void context.sessions.dropSubscription(session, channel);
  }
}
