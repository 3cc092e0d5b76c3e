import { randomUUID } from 'node:crypto';
import { ackFrameText, publicationBody } from '../../../protocol/encode.js';
import type { JsonValue } from '../../../protocol/frames.js';
import type { ChannelName, FrameId } from '../../../protocol/ids.js';
import type { Accepted } from '../../broker/channel-log.js';
import type { Session } from '../../session/session.js';
import { logProcessed } from '../processed.js';
import type { FrameConnection } from './frame-connection.js';

/** The publishes of one connection, from the frame to its ack [acked-1] [once-1]. */
export class Publishing {
  readonly #connection: FrameConnection;

  constructor(connection: FrameConnection) {
    this.#connection = connection;
  }

  /** Never rejects: a failure is told. @param acked whether the client is told of success too */
  async publish(
    session: Session,
    channel: ChannelName,
    data: JsonValue,
    id: FrameId | undefined,
    acked: boolean,
  ): Promise<void> {
    const { context, metrics } = this.#connection;
    const { log, sessions } = context;
    const startedAt = performance.now();
    const body = publicationBody(session.clientId, data);
    try {
      // Handed in before the first await: publishes of one connection keep their order.
      const publishing = log.publish({ channel, publisher: session.ref, id: id ?? randomUUID(), body });
      // It is joined with its first message.
      const accepted = session.counts(channel)
        ? await publishing
        : (await Promise.all([publishing, sessions.joinChannel(session, channel)]))[0];
      // Folded while this was under way: what it is counted on is to be asked for again.
      if (!session.counts(channel)) await sessions.joinChannel(session, channel);
      session.counted(channel, accepted.count);
      metrics.messageAccepted(accepted.duplicate, (performance.now() - startedAt) / 1000);
      logProcessed(context, () => this.#connection.connectionLogFields, channel, accepted.offset);
      if (acked) this.#ack(session, channel, accepted, id);
    } catch (error) {
      metrics.messageFailed();
      this.#connection.refusals.failed(error, id);
    }
  }

  #ack(session: Session, channel: ChannelName, accepted: Accepted, id: FrameId | undefined): void {
    this.#connection.out.answer(ackFrameText(channel, accepted, session.messageCount, id));
  }
}
