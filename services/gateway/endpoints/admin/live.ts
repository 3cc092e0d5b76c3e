import { CLOSE } from '../../../protocol/close-codes.js';
import type { MoveOrder } from '../../lifecycle/connections.js';
import { mintAnonymousId } from '../../session/anonymous.js';
import { OPERATOR } from '../../identity/principal.js';
import type { Handshake, WebSocketRoute } from '../../transport/socket.js';
import { refuseUnready } from '../admission.js';
import { Connection } from '../connection.js';
import type { EndpointContext } from '../context.js';
import type { Conversation, SpeakerFields } from '../conversation.js';
import type { Access, Visitor } from './access.js';
import { enter } from './guard.js';
import type { LiveFeed, Watcher } from './live-feed.js';

/** With more than this waiting, a page goes without what a newer frame says again. */
const SLOW_BYTES = 64 * 1024;
/** The longest that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** `/admin/live`: what the admin page shows, as it comes. It is no user's: it counts in no total. */
class LiveConversation implements Conversation, Watcher {
  readonly clientId = mintAnonymousId();
  readonly fannedOut = 0;
  readonly errors = 0;
  readonly login: string | undefined;
  readonly #connection: Connection;
  readonly #leave: () => void;
  readonly #expiry: NodeJS.Timeout;
  #slot: NodeJS.Timeout | undefined;

  constructor(connection: Connection, feed: LiveFeed, visitor: Visitor) {
    this.#connection = connection;
    this.login = visitor.kind === 'admin' ? visitor.login : undefined;
    this.#expiry = setTimeout(() => this.loggedOut(), Math.min(visitor.untilMs - Date.now(), MAX_TIMER_MS));
    this.#leave = feed.watch(this);
  }

  get logFields(): SpeakerFields {
    return { client_id: this.clientId };
  }

  take(frame: string, isReplaceable: boolean): void {
    const { out } = this.#connection;
    if (!this.#connection.isOpen || (isReplaceable && out.bufferedBytes > SLOW_BYTES)) return;
    out.cork(() => out.send(frame));
  }

  loggedOut(): void {
    this.#connection.end(CLOSE.policy, 'log in again', 'policy');
  }

  text(): void {
    // There is nothing to say here.
  }

  tooLarge(): void {
    this.#connection.end(CLOSE.tooLarge, 'nothing is read here', 'policy');
  }

  pong(): void {
    // Its arrival was noted: the page is there.
  }

  drained(): void {
    // The next snapshot says all.
  }

  beat(): void {
    this.#connection.out.ping('');
  }

  idle(): boolean {
    // It only listens.
    return false;
  }

  tokenExpiring(): void {
    // It has none.
  }

  move({ reason, afterMs }: MoveOrder): void {
    this.#slot = setTimeout(() => this.#connection.end(CLOSE.serviceRestart, reason, 'moved'), afterMs);
  }

  goodbye(): void {
    // The close code says it.
  }

  closed(): void {
    clearTimeout(this.#slot);
    clearTimeout(this.#expiry);
    this.#leave();
  }
}

export const adminLiveEndpoint = (context: EndpointContext, access: Access, feed: LiveFeed): WebSocketRoute => {
  /** Of a handshake that was let in, until it is open. */
  const admitted = new WeakMap<Handshake, Visitor>();
  return {
    path: '/admin/live',
    admit: (handshake, header) => {
      const entry = enter(access, header, true);
      if (!entry.ok) return { ok: false, ...entry.refusal };
      admitted.set(handshake, entry.visitor);
      return refuseUnready(context) ?? { ok: true };
    },
    open: (socket, handshake) => {
      const visitor = admitted.get(handshake);
      if (visitor === undefined) throw new Error('/admin/live was opened by nobody who was let in');
      const own = { ...handshake, operator: true, principal: OPERATOR };
      const connection = new Connection(
        context,
        'admin',
        socket,
        own,
        (opened) => new LiveConversation(opened, feed, visitor),
      );
      connection.established();
      return connection;
    },
  };
};
