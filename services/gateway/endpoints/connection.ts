import { randomUUID } from 'node:crypto';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.js';
import { isClaimable, parseConnectionId, type ClientId, type ConnectionId } from '../../protocol/ids.js';
import type { ConnectionDetails, ConnectionFacts, ManagedConnection, MoveOrder } from '../lifecycle/connections.js';
import { within } from '../lifecycle/within.js';
import type { DisconnectReason, Endpoint, Metrics } from '../observability/metrics.js';
import { identityOf, type Identity, type Principal } from '../identity/principal.js';
import type { Socket, SocketHandler } from '../transport/socket.js';
import { ConnectionLimits } from './connection-limits.js';
import { lineFields, logConnected, logDisconnected, logIdle } from './connection-lines.js';
import { ConnectionSocket } from './connection-socket.js';
import type { EndpointContext } from './context.js';
import type { Conversation } from './conversation.js';
import type { Admitted } from './door.js';
import { Idleness } from './idleness.js';
import { TokenLife } from './token-life.js';

/** A move waits at most so long for Redis to note it, ms: it comes first. */
const MOVE_WAIT_MS = 500;

/** One WebSocket, whatever it speaks: who it is, whether it lives, what it counts, how it ends. */
export class Connection implements SocketHandler, ManagedConnection {
  readonly id: ConnectionId = mintConnectionId();
  readonly context: EndpointContext;
  /** `admin` is the stack's own, and counted nowhere. */
  readonly endpoint: Endpoint | 'admin';
  readonly handshake: Admitted;
  readonly out: ConnectionSocket;
  /** In no total where the stack itself connected. */
  readonly metrics: Metrics;
  readonly limits: ConnectionLimits;
  readonly #conversation: Conversation;
  readonly #openedAtMs = Date.now();
  readonly #beatPlace: number;
  readonly #idlePlace: number;
  readonly #idleness: Idleness;
  /** Of a token that ends. */
  #tokenLife: TokenLife | undefined;
  #principal: Principal;
  #aliveAtMs = this.#openedAtMs;
  #received = 0;
  #isMoving = false;
  #isClosed = false;
  #reason: DisconnectReason | undefined;

  constructor(
    context: EndpointContext,
    endpoint: Endpoint | 'admin',
    socket: Socket,
    handshake: Admitted,
    converse: (connection: Connection) => Conversation,
  ) {
    this.context = context;
    this.#idleness = new Idleness(context.idle, this.#openedAtMs);
    this.endpoint = endpoint;
    this.handshake = handshake;
    this.metrics = this.isCounted ? context.metrics : context.ownMetrics;
    this.#principal = handshake.principal;
    this.limits = new ConnectionLimits(this);
    this.out = new ConnectionSocket(socket, this.metrics, context.answers);
    if (endpoint !== 'admin') this.metrics.connectionOpened(endpoint);
    this.#beatPlace = context.beats.add(this);
    this.#idlePlace = context.idleChecks.add(this);
    this.#conversation = converse(this);
    // Last: while the worker drains, whoever is added is told to move at once.
    context.connections.add(this);
  }

  /** Whether what it does counts: not where the stack itself connected. */
  get isCounted(): boolean {
    return !this.handshake.operator;
  }

  get isPage(): boolean {
    return this.endpoint === 'admin';
  }

  /** Who opened it, by the token that it has now. */
  get principal(): Principal {
    return this.#principal;
  }

  get clientId(): ClientId | undefined {
    return this.#conversation.clientId;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Fields that every log line about this connection has. */
  get logFields(): Readonly<Record<string, unknown>> {
    return lineFields(this, this.#conversation.logFields);
  }

  /** Its conversation stands, and it is known who speaks. */
  established(): void {
    const { clientId } = this.#conversation;
    if (clientId !== undefined && isClaimable(clientId)) this.context.connections.name(this);
    this.#lives(this.token?.expiresAtMs);
    logConnected(this, this.#conversation.logFields);
  }

  text(message: string): void {
    this.#heard();
    if (!this.#isClosed) this.#conversation.text(message);
  }

  binary(): void {
    this.#heard();
    this.end(CLOSE.binaryFrame, 'text frames only', 'policy');
  }

  tooLarge(bytes: number): void {
    this.#heard();
    this.#conversation.tooLarge(bytes);
  }

  /** What came is a message of the client's own: it is not idle [idle-1]. */
  active(): void {
    this.#idleness.active(this.#aliveAtMs);
  }

  pong(payload: string): void {
    this.#aliveAtMs = Date.now();
    this.#conversation.pong(payload);
  }

  drained(): void {
    this.#conversation.drained();
  }

  overflowed(): void {
    this.end(CLOSE.slowConsumer, 'reads too slowly', 'slow_consumer');
  }

  closed(code: number): void {
    const speaker = this.#conversation.logFields;
    this.#isClosed = true;
    this.context.connections.remove(this);
    this.context.beats.remove(this, this.#beatPlace);
    this.context.idleChecks.remove(this, this.#idlePlace);
    this.#tokenLife?.stop();
    const reason = this.#reason ?? (this.#isMoving ? 'moved' : code === 1006 ? 'lost' : 'client');
    const seconds = (Date.now() - this.#openedAtMs) / 1000;
    this.metrics.connectionClosed(reason, seconds);
    logDisconnected(this, speaker, { code, reason, duration_seconds: seconds });
    this.#conversation.closed(reason);
  }

  beat(nowMs: number): void {
    if (nowMs - this.#aliveAtMs > this.context.heartbeatTimeoutMs) {
      this.metrics.heartbeatTimedOut();
      this.end(CLOSE.timeout, 'heartbeat time-out', 'timeout');
      return;
    }
    this.out.cork(() => this.#conversation.beat(nowMs));
  }

  checkIdle(nowMs: number): void {
    const due = this.#idleness.check(nowMs);
    if (due === 'end') this.end(CLOSE.timeout, 'idle', 'idle');
    if (due !== 'warning') return;
    logIdle(this, this.#conversation.logFields, this.#idleness.seconds(nowMs));
    this.warn(nowMs);
  }

  warn(nowMs: number): boolean {
    let isSaid = false;
    this.out.cork(() => {
      isSaid = this.#conversation.idle(this.#idleness.seconds(nowMs), this.#idleness.secondsLeft(nowMs));
    });
    return isSaid;
  }

  get token(): Identity | undefined {
    return identityOf(this.#principal);
  }

  tokenRevoked(): void {
    this.end(CLOSE.unauthorized, 'the token was taken back', 'unauthorized');
  }

  /** It has another token from now on. */
  renewed(identity: Identity): void {
    this.#principal = { kind: 'token', identity };
    this.#lives(identity.expiresAtMs);
  }

  tokenExpiring(seconds: number): void {
    this.out.cork(() => this.#conversation.tokenExpiring(seconds));
  }

  tokenExpired(): void {
    this.end(CLOSE.unauthorized, 'the token has expired', 'unauthorized');
  }

  dismiss(): void {
    this.end(CLOSE.policy, 'disconnected by an administrator', 'policy');
  }

  move(order: MoveOrder): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    const known = this.limits.beforeMove();
    if (known === undefined) this.#conversation.move(order);
    else void within(MOVE_WAIT_MS, known).then(() => this.#isClosed || this.#conversation.move(order));
  }

  replace(): void {
    // Told to move: its successor is expected, and the old one ends by its deadline [close-4409].
    if (!this.#isMoving) this.end(CLOSE.replaced, 'a newer connection of this session', 'replaced');
  }

  cutShort(): void {
    this.end(CLOSE.serviceRestart, 'shutdown', 'shutdown');
  }

  get facts(): ConnectionFacts {
    return {
      clientId: this.#conversation.clientId,
      ip: this.handshake.ip,
      endpoint: this.endpoint,
      openedAtMs: this.#openedAtMs,
      activeAtMs: this.#idleness.activeAtMs,
      received: this.#received,
      sent: this.out.sent + this.#conversation.fannedOut,
      errors: this.#conversation.errors + this.limits.refused,
    };
  }

  describe(nowMs: number): ConnectionDetails {
    return {
      connection_id: this.id,
      client_id: this.#conversation.clientId ?? null,
      connected_at: new Date(this.#openedAtMs).toISOString(),
      last_activity: new Date(this.#idleness.activeAtMs).toISOString(),
      duration: (nowMs - this.#openedAtMs) / 1000,
      messages_received: this.#received,
      messages_sent: this.out.sent + this.#conversation.fannedOut,
      ip: this.handshake.ip,
      endpoint: this.endpoint,
      allowance: this.limits.remaining,
    };
  }

  /** Says goodbye and closes. */
  end(code: CloseCode, reason: string, why: DisconnectReason): void {
    // The goodbye itself may overflow, which would end it once more.
    if (this.#isClosed || this.#reason !== undefined) return;
    this.#reason = why;
    this.out.cork(() => this.#conversation.goodbye(reason));
    this.out.close(code, reason);
  }

  /** No longer than its token, where that ends. */
  #lives(untilMs: number | undefined): void {
    if (untilMs !== undefined) this.#tokenLife ??= new TokenLife(this, this.context.tokenTimes);
    this.#tokenLife?.begin(untilMs);
  }

  #heard(): void {
    this.#aliveAtMs = Date.now();
    this.#received += 1;
    this.metrics.messageReceived();
  }
}

const mintConnectionId = (): ConnectionId => {
  const id = parseConnectionId(randomUUID());
  if (id === undefined) throw new Error('randomUUID did not give a UUID');
  return id;
};
