import { randomUUID } from 'node:crypto';
import { CLOSE, type CloseCode } from '../../../protocol/close-codes.js';
import { parseConnectionId, type ConnectionId } from '../../../protocol/ids.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { ManagedConnection, MoveOrder } from '../../lifecycle/connections.js';
import { loggedSession } from '../../observability/logger.js';
import type { DisconnectReason } from '../../observability/metrics.js';
import type { SessionHolder } from '../../session/keep-alive.js';
import type { Session } from '../../session/session.js';
import type { Handshake, Socket, SocketHandler } from '../../transport/socket.js';
import { claimedClientId } from '../admission.js';
import type { EndpointContext } from '../context.js';
import type { FrameProfile } from './frame-profile.js';
import { FrameSocket } from './frame-socket.js';
import { Refusals } from './refusals.js';
import { welcomeFrame } from './welcome.js';

/** `opening`: the session is being opened; frames wait. */
type State =
  | { readonly kind: 'opening'; readonly inbox: string[]; bytes: number }
  | { readonly kind: 'open'; readonly session: Session; readonly profile: FrameProfile }
  | { readonly kind: 'closed' };

const MAX_INBOX_BYTES = 256 * 1024;

/** One WebSocket that speaks the frames of docs/PROTOCOL.md: its session, its liveness, its end. */
export class FrameConnection implements SocketHandler, ManagedConnection, SessionHolder {
  readonly id: ConnectionId = mintConnectionId();
  readonly context: EndpointContext;
  readonly out: FrameSocket;
  readonly refusals: Refusals;
  readonly #handshake: Handshake;
  readonly #openedAt = Date.now();
  readonly #leaveWheels: readonly (() => void)[];
  #state: State = { kind: 'opening', inbox: [], bytes: 0 };
  #aliveAt = Date.now();
  #moving = false;
  #reason: DisconnectReason | undefined;

  constructor(
    context: EndpointContext,
    socket: Socket,
    handshake: Handshake,
    profile: (connection: FrameConnection) => FrameProfile,
  ) {
    this.context = context;
    this.out = new FrameSocket(socket, context.metrics);
    this.refusals = new Refusals(
      this.out,
      context,
      () => this.logFields,
      (inARow) => this.end(CLOSE.policy, `${inARow} errors in a row`, 'policy'),
    );
    this.#handshake = handshake;
    context.connections.add(this);
    this.#leaveWheels = [context.beats.add(this), context.touches.add(this)];
    const itsProfile = profile(this);
    context.metrics.connectionOpened(itsProfile.name);
    void this.#open(itsProfile);
  }

  get session(): Session | undefined {
    return this.#state.kind === 'open' ? this.#state.session : undefined;
  }

  get sessionRef(): string | undefined {
    return this.session?.ref;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  /** Fields that every log line about this connection has. */
  get logFields(): Readonly<Record<string, unknown>> {
    const { session } = this;
    return {
      request_id: this.#handshake.requestId,
      connection_id: this.id,
      ...(session === undefined
        ? {}
        : { session_id: loggedSession(session.ref), client_id: session.clientId, message_count: session.messageCount }),
    };
  }

  text(message: string): void {
    this.#aliveAt = Date.now();
    this.context.metrics.messageReceived();
    const state = this.#state;
    switch (state.kind) {
      case 'opening':
        state.bytes += message.length;
        if (state.bytes > MAX_INBOX_BYTES)
          this.end(CLOSE.overloaded, 'more than 256 KiB before the welcome', 'overloaded');
        else state.inbox.push(message);
        return;
      case 'open':
        state.profile.text(message);
        return;
      case 'closed':
        return;
      default:
        state satisfies never;
    }
  }

  pong(payload: string): void {
    this.#aliveAt = Date.now();
    if (this.#state.kind === 'open') this.#state.profile.pong(payload);
  }

  violated(code: CloseCode, reason: string): void {
    this.end(code, reason, 'policy');
  }

  drained(): void {
    if (this.#state.kind === 'open') this.#state.profile.drained();
  }

  overflowed(): void {
    this.end(CLOSE.slowConsumer, 'reads too slowly', 'slow_consumer');
  }

  closed(code: number): void {
    const state = this.#state;
    const { logFields } = this;
    this.#state = { kind: 'closed' };
    this.context.connections.remove(this);
    for (const leave of this.#leaveWheels) leave();
    const reason = this.#reason ?? (this.#moving ? 'moved' : code === 1006 ? 'lost' : 'client');
    const seconds = (Date.now() - this.#openedAt) / 1000;
    this.context.metrics.connectionClosed(reason, seconds);
    this.context.logger.info(
      { ...logFields, event: 'websocket_disconnected', code, reason, duration_seconds: seconds },
      'WebSocket disconnected',
    );
    if (state.kind !== 'open') return;
    state.profile.closed();
    void this.context.places.release(state.session.ref, this.id);
  }

  beat(nowMs: number): void {
    if (nowMs - this.#aliveAt > this.context.heartbeatTimeoutMs) {
      this.context.metrics.heartbeatTimedOut();
      this.end(CLOSE.timeout, 'heartbeat time-out', 'timeout');
      return;
    }
    const state = this.#state;
    if (state.kind !== 'open') return;
    this.out.cork(() => {
      if (this.context.heartbeat) {
        this.out.sendFrame({
          type: 'system.heartbeat',
          time: new Date(nowMs).toISOString(),
          active_connections: this.context.clusterConnections(),
        });
      }
      this.out.ping(state.profile.pingPayload());
    });
  }

  move(order: MoveOrder): void {
    if (this.#moving) return;
    this.#moving = true;
    if (this.#state.kind === 'open') this.#state.profile.move(order);
    else this.end(CLOSE.serviceRestart, order.reason, 'moved');
  }

  replace(): void {
    // Told to move: its successor is expected, and the old one ends by its deadline [close-4409].
    if (!this.#moving) this.end(CLOSE.replaced, 'a newer connection of this session', 'replaced');
  }

  cutShort(): void {
    this.end(CLOSE.serviceRestart, 'shutdown', 'shutdown');
  }

  /** Says goodbye and closes. */
  end(code: CloseCode, reason: string, why: DisconnectReason): void {
    // The goodbye itself may overflow, which would end it once more.
    if (this.#state.kind === 'closed' || this.#reason !== undefined) return;
    this.#reason = why;
    const { session } = this;
    this.out.cork(() => {
      if (session !== undefined) {
        this.out.sendFrame({ type: 'system.bye', message_count: session.messageCount, reason });
      }
      this.out.close(code, reason);
    });
  }

  async #open(profile: FrameProfile): Promise<void> {
    const { context } = this;
    try {
      const { session, previousOwner } = await context.sessions.open({
        requested: this.#handshake.query.get('session') ?? undefined,
        clientId: claimedClientId(this.#handshake),
        connectionId: this.id,
        firstPlace: profile.firstPlace,
      });
      if (previousOwner !== undefined) context.replace(previousOwner);
      const waiting = this.#state;
      if (waiting.kind !== 'opening') {
        void context.places.release(session.ref, this.id);
        return;
      }
      this.#state = { kind: 'open', session, profile };
      this.#welcome(session, profile.name);
      profile.opened();
      for (const message of waiting.inbox) if (this.isOpen) profile.text(message);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.end(CLOSE.overloaded, 'Redis is away, connect again later', 'overloaded');
    }
  }

  #welcome(session: Session, endpoint: string): void {
    const { metrics, logger, connections } = this.context;
    const asked = this.#handshake.query.get('session') !== null;
    metrics.sessionOpened(session.resumed ? 'resumed' : asked ? 'unknown' : 'new');
    logger.info(
      { ...this.logFields, event: 'websocket_connected', endpoint, ip: this.#handshake.ip, open: connections.size },
      'WebSocket connected',
    );
    this.out.sendFrame(welcomeFrame(this.context, session, this.id));
  }
}

const mintConnectionId = (): ConnectionId => {
  const id = parseConnectionId(randomUUID());
  if (id === undefined) throw new Error('randomUUID did not give a UUID');
  return id;
};
