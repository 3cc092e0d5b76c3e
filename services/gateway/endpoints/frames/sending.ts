import type { SendFrame } from '../../../protocol/frames.js';
import type { Session } from '../../session/session.js';
import { targetedText } from '../targeted.js';
import type { FrameConnection } from './frame-connection.js';

/** What one connection sends to clients [send-1]. */
export class Sending {
  readonly #connection: FrameConnection;

  constructor(connection: FrameConnection) {
    this.#connection = connection;
  }

  /** Never rejects: a failure is told. */
  async send(session: Session, { to, data, id }: SendFrame): Promise<void> {
    const { context, metrics } = this.#connection;
    const text = targetedText(to.client_id, session.clientId, data);
    try {
      // Handed in before the first await: those of one connection keep their order.
      const reaching = context.clients.send(to.client_id, text);
      const [delivered] = await Promise.all([reaching, context.sessions.countSend(session)]);
      metrics.messageTargeted();
      if (id === undefined) return;
      this.#connection.send({ type: 'ack', id, message_count: session.messageCount, delivered });
    } catch (error) {
      this.#connection.refusals.failed(error, id);
    }
  }
}
