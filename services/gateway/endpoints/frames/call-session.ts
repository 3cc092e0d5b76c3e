import type { JsonValue } from '../../../protocol/frames.js';
import { parseJson } from '../../../protocol/json.js';
import type { HandlerSession } from '../../handlers/handler.js';
import { identityOf } from '../../identity/principal.js';
import type { Session } from '../../session/session.js';
import type { FrameConnection } from './frame-connection.js';

/** A connection as handlers see it. What its token says is asked anew each time: it may have been renewed [token-4]. */
export class CallSession implements HandlerSession {
  readonly clientId: string;
  readonly connectionId: string;
  readonly #connection: FrameConnection;

  constructor(connection: FrameConnection, session: Session) {
    this.clientId = session.clientId;
    this.connectionId = connection.id;
    this.#connection = connection;
    // All calls of a connection have this one: who asks is not for one of them to say.
    Object.freeze(this);
  }

  get subject(): string | undefined {
    return identityOf(this.#connection.principal)?.clientId;
  }

  get info(): JsonValue | undefined {
    const info = identityOf(this.#connection.principal)?.info;
    return info === undefined ? undefined : parseJson(info);
  }
}
