import { CLOSE, type CloseCode } from '../../../protocol/close-codes.js';
import type { Decoded } from '../../../protocol/decoded.js';
import { encodeServerFrame } from '../../../protocol/encode.js';
import type { ApplicationFrame, ClientFrame, ServerFrame } from '../../../protocol/frames.js';
import type { ChannelName, ClientId } from '../../../protocol/ids.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { MoveOrder } from '../../lifecycle/connections.js';
import type { Identity, Principal } from '../../identity/principal.js';
import { loggedSession } from '../../observability/logger.js';
import type { DisconnectReason, Metrics } from '../../observability/metrics.js';
import type { Addressee } from '../../cluster/client-messages.js';
import type { PresenceWatcher } from '../../hub/presence-watch.js';
import type { SessionHolder } from '../../session/keep-alive.js';
import type { Session } from '../../session/session.js';
import type { ConnectionSocket } from '../connection-socket.js';
import type { Connection } from '../connection.js';
import type { EndpointContext } from '../context.js';
import type { Conversation, SpeakerFields } from '../conversation.js';
import type { FrameProfile } from './frame-profile.js';
import { enter } from './entering.js';
import { FrameGate } from './frame-gate.js';
import { Inbox } from './inbox.js';
import { heartbeatFrame, idleFrame } from './notices.js';
import { Refusals } from './refusals.js';
import { welcomeFrame } from './welcome.js';

/** `opening`: the session is being opened; frames wait. */
type State =
  | Readonly<{ kind: 'opening'; inbox: Inbox }>
  | Readonly<{ kind: 'open'; session: Session }>
  | Readonly<{ kind: 'closed' }>;

/** A connection that speaks the frames of docs/PROTOCOL.md, and its session. */
export class FrameConnection implements Conversation, SessionHolder, Addressee, PresenceWatcher {
  readonly context: EndpointContext;
  readonly out: ConnectionSocket;
  readonly metrics: Metrics;
  readonly refusals: Refusals;
  readonly #gate: FrameGate;
  readonly #connection: Connection;
  readonly #profile: FrameProfile;
  readonly #touchPlace: number;
  #state: State = { kind: 'opening', inbox: new Inbox() };

  constructor(connection: Connection, profile: (connection: FrameConnection) => FrameProfile) {
    this.#connection = connection;
    this.context = connection.context;
    this.out = connection.out;
    this.metrics = connection.metrics;
    this.refusals = new Refusals(this);
    this.#gate = new FrameGate(connection.limits, this);
    this.#touchPlace = this.context.touches.add(this);
    this.#profile = profile(this);
    void this.context.openings.run(() => this.#open());
  }

  get id() {
    return this.#connection.id;
  }

  get ip(): string {
    return this.#connection.handshake.ip;
  }

  get session(): Session | undefined {
    return this.#state.kind === 'open' ? this.#state.session : undefined;
  }

  get sessionRef(): string | undefined {
    return this.session?.ref;
  }

  get clientId(): ClientId | undefined {
    return this.session?.clientId;
  }

  get isCounted(): boolean {
    return this.#connection.isCounted;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  get fannedOut(): number {
    return this.#profile.fannedOut;
  }

  get errors(): number {
    return this.refusals.count;
  }

  get logFields(): SpeakerFields {
    const { session } = this;
    if (session === undefined) return {};
    return {
      session_id: loggedSession(session.ref),
      client_id: session.clientId,
      message_count: session.messageCount,
    };
  }

  /** Fields that every log line about this connection has. */
  get connectionLogFields(): Readonly<Record<string, unknown>> {
    return this.#connection.logFields;
  }

  send(frame: ServerFrame): void {
    this.out.send(encodeServerFrame(frame));
  }

  /** Said to this client by its name [send-1]. */
  deliver(text: string): boolean {
    if (this.isOpen) this.out.cork(() => this.out.send(text));
    return this.isOpen;
  }

  /** Who came and left in a channel that it watches [presence-4]. */
  deliverAll(texts: readonly string[]): void {
    if (!this.isOpen) return;
    this.out.cork(() => {
      for (const text of texts) this.out.send(text);
    });
  }

  /** A program subscribes this client to a channel, or ends that [api-13]. */
  follow(channel: ChannelName, follows: boolean): boolean {
    if (this.isOpen) this.#profile.follow(channel, follows);
    return this.isOpen;
  }

  text(message: string): void {
    const state = this.#state;
    switch (state.kind) {
      case 'opening':
        if (!state.inbox.takes(message))
          this.end(CLOSE.overloaded, 'more than 256 KiB before the welcome', 'overloaded');
        return;
      case 'open':
        this.#profile.text(message);
        return;
      case 'closed':
        return;
      default:
        state satisfies never;
    }
  }

  tooLarge(): void {
    this.end(CLOSE.tooLarge, 'at most 64 KiB a frame', 'policy');
  }

  /** Whether a frame may be taken; if not, the client has been told. Undefined: it is bare text. */
  admits(decoded: Decoded<ClientFrame | ApplicationFrame> | undefined): boolean {
    return this.#gate.admits(decoded, this.session?.resumed === true);
  }

  /** Whether the client was charged for it. */
  isCharged(frame: ClientFrame): boolean {
    return frame.type !== 'subscribe' || !this.#gate.isFree(frame);
  }

  giveBack(): void {
    this.#connection.limits.giveBack();
  }

  get principal(): Principal {
    return this.#connection.principal;
  }

  renewed(identity: Identity): void {
    this.#connection.renewed(identity);
  }

  /** A message of the client's own came. */
  active(): void {
    this.#connection.active();
  }

  pong(payload: string): void {
    if (this.isOpen) this.#profile.pong(payload);
  }

  drained(): void {
    if (this.isOpen) this.#profile.drained();
  }

  overflowed(): void {
    this.#connection.overflowed();
  }

  beat(nowMs: number): void {
    if (!this.isOpen) return;
    if (this.context.heartbeat) this.send(heartbeatFrame(nowMs, this.context.clusterConnections()));
    this.out.ping(this.#profile.pingPayload());
  }

  idle(seconds: number, disconnectInSeconds: number | undefined): boolean {
    if (!this.isOpen) return false;
    this.send(idleFrame(seconds, disconnectInSeconds));
    return true;
  }

  tokenExpiring(seconds: number): void {
    if (this.isOpen) this.send({ type: 'system.token_expiring', expires_in: seconds });
  }

  move(order: MoveOrder): void {
    if (this.isOpen) this.#profile.move(order);
    else this.end(CLOSE.serviceRestart, order.reason, 'moved');
  }

  goodbye(reason: string): void {
    const { session } = this;
    if (session !== undefined) this.send({ type: 'system.bye', message_count: session.messageCount, reason });
  }

  closed(): void {
    const { session } = this;
    this.#state = { kind: 'closed' };
    this.context.touches.remove(this, this.#touchPlace);
    if (session === undefined) return;
    this.#profile.closed();
    this.context.clients.leave(session.clientId, this);
    void this.context.places.release(session.ref, this.id, this.#connection.limits.leave());
  }

  end(code: CloseCode, reason: string, why: DisconnectReason): void {
    this.#connection.end(code, reason, why);
  }

  async #open(): Promise<void> {
    // It may have gone while it waited.
    if (this.#state.kind !== 'opening') return;
    const { context } = this;
    const { handshake } = this.#connection;
    try {
      const { session, spent } = await enter(this, handshake, this.#profile.firstPlace);
      const waiting = this.#state;
      if (waiting.kind !== 'opening') {
        context.clients.leave(session.clientId, this);
        void context.places.release(session.ref, this.id);
        return;
      }
      this.#state = { kind: 'open', session };
      this.#connection.limits.join(session, spent);
      this.#welcome(session);
      this.#profile.opened();
      for (const message of waiting.inbox.messages) if (this.isOpen) this.#profile.text(message);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.end(CLOSE.overloaded, 'Redis is away, connect again later', 'overloaded');
    }
  }

  #welcome(session: Session): void {
    const asked = this.#connection.handshake.query.get('session') !== null;
    this.metrics.sessionOpened(session.resumed ? 'resumed' : asked ? 'unknown' : 'new');
    this.#connection.established();
    this.out.answer(encodeServerFrame(welcomeFrame(this.context, session, this.id)));
  }
}
