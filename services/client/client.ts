import type { ServerFrame } from '../protocol/frames.js';
import { Channels, type Subscription } from './channels.js';
import { Connection, type ConnectionEvents, type ConnectionState } from './connection.js';
import { defer, type Deferred } from './deferred.js';
import { ClientClosed, Refused } from './errors.js';
import { Emitter, type ClientEvents, type ClientState } from './events.js';
import { frameIds } from './frame-ids.js';
import type { Leg } from './leg.js';
import { ackOf, historyOf, presenceOf } from './messages.js';
import type { Ack, History, JsonValue, Message, Position, Presence } from './messages.js';
import { readOptions, type ClientOptions, type SubscribeOptions } from './options.js';
import { Outbox } from './outbox.js';
import { Requests, type Answer } from './requests.js';
import { surroundingsOf } from './surroundings.js';

/** Refusals that are not for good: asked again, with the same id, after a while. */
const AGAIN: ReadonlySet<string> = new Set(['unavailable', 'overloaded']);
const NORMAL = 1000;

/**
 * A client of `/ws` and `/ws/chat/` (docs/PROTOCOL.md): one session over as many WebSockets as it takes. It connects
 * at once, comes back by itself, and moves with a deploy without a gap.
 */
export class Client {
  readonly #emitter = new Emitter();
  readonly #connection: Connection;
  readonly #channels: Channels;
  readonly #outbox: Outbox;
  readonly #requests: Requests;
  readonly #unready = new Set<Deferred<void>>();
  #clientId: string | undefined;
  #messageCount = 0;

  /** @throws TypeError for a `url` that is none; whatever the making of a socket throws */
  constructor(options: ClientOptions, surroundings = surroundingsOf()) {
    const settings = readOptions(options);
    const mintId = frameIds();
    const kept = /^\/ws\/chat\/?$/.test(settings.url.pathname) ? 'chat' : undefined;
    this.#clientId = options.clientId;
    this.#connection = new Connection(settings, surroundings, this.#connectionEvents());
    this.#requests = new Requests(mintId);
    this.#outbox = new Outbox(settings, this.#connection, mintId);
    this.#channels = new Channels(
      this.#connection,
      mintId,
      {
        unsubscribe: (leg, channel) => this.#unsubscribe(leg, channel),
        reset: (channel, position) => this.#emitter.emit('reset', channel, position),
        error: ({ code, message }) => this.#emitter.emit('error', code, message),
      },
      kept,
    );
    this.#connection.open();
  }

  get state(): ClientState {
    return this.#connection.state.kind;
  }

  /** A secret: whoever has it is this client. Undefined before the first welcome, where none was given. */
  get session(): string | undefined {
    return this.#connection.session;
  }

  get clientId(): string | undefined {
    return this.#clientId;
  }

  /** Messages accepted from this session. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /** Of the worker that serves now. */
  get color(): string | undefined {
    return this.#connection.voice?.welcome?.color;
  }

  get worker(): string | undefined {
    return this.#connection.voice?.welcome?.worker;
  }

  /** Returns how to stop. What a listener throws is an uncaught error, and stops nothing here. */
  on<E extends keyof ClientEvents>(event: E, listener: (...args: ClientEvents[E]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Resolves when it is live, or at once if it is. @throws ClientClosed */
  ready(): Promise<void> {
    const ready = defer<void>();
    const closed = this.#closed();
    if (closed !== undefined) ready.reject(closed);
    else if (this.#connection.voice !== undefined) ready.resolve();
    else this.#unready.add(ready);
    return ready.promise;
  }

  /**
   * Resolves when the message is kept. While the client is away it waits, and what was not acked is sent again with its
   * id. @throws PublishRefused, QueueFull, ClientClosed
   */
  async publish(channel: string, data: JsonValue): Promise<Ack> {
    this.#throwIfClosed();
    return this.#outbox.publish(channel, data);
  }

  /** A line as it is: on `/ws/chat/` a publish to `chat`. Not queued and, having no id, never sent again. */
  say(line: string): void {
    this.#connection.voice?.send(line);
  }

  /** To every connection of a client; not queued. @throws Refused, ConnectionLost, ClientClosed */
  async send(clientId: string, data: JsonValue): Promise<Readonly<{ delivered: number }>> {
    this.#throwIfClosed();
    const frame = { type: 'send', to: { client_id: clientId }, data };
    const answer = await this.#requests.askHere(this.#connection.voice, frame);
    this.#connection.finishMove();
    return { delivered: answer.type === 'ack' ? (answer.delivered ?? 0) : 0 };
  }

  /** Listeners of one channel share its place. `ready` of what it returns says when it begins. */
  subscribe(channel: string, listener: (message: Message) => void, options: SubscribeOptions = {}): Subscription {
    const subscription = this.#channels.subscribe(channel, listener, options);
    const closed = this.#closed();
    if (closed !== undefined) this.#channels.closed(closed);
    return subscription;
  }

  /** Asked again if the connection ends before the answer. @throws Refused, ClientClosed */
  async history(channel: string, options: Readonly<{ limit?: number; since?: Position }> = {}): Promise<History> {
    const answer = await this.#ask({ type: 'history', channel, ...options });
    if (answer.type === 'history') return historyOf(answer);
    throw unexpected(answer);
  }

  /** As with `history`. */
  async presence(channel: string): Promise<Presence> {
    const answer = await this.#ask({ type: 'presence', channel });
    if (answer.type === 'presence') return presenceOf(answer);
    throw unexpected(answer);
  }

  /** Ends it with 1000: what is pending rejects with ClientClosed. Resolves when every WebSocket has ended. */
  close(): Promise<void> {
    return this.#connection.close(NORMAL, '');
  }

  #closed(): ClientClosed | undefined {
    const { state } = this.#connection;
    return state.kind === 'closed' ? new ClientClosed(state.code, state.reason) : undefined;
  }

  #throwIfClosed(): void {
    const closed = this.#closed();
    if (closed !== undefined) throw closed;
  }

  async #ask(frame: Readonly<Record<string, unknown>>): Promise<Answer> {
    this.#throwIfClosed();
    return this.#requests.ask(this.#connection.voice, frame);
  }

  /** Where it is not answered nothing is subscribed any more. */
  async #unsubscribe(leg: Leg, channel: string): Promise<void> {
    await this.#requests.askHere(leg, { type: 'unsubscribe', channel }).catch(() => {});
    this.#connection.finishMove();
  }

  #connectionEvents(): ConnectionEvents {
    return {
      changed: (state) => this.#changed(state),
      carries: (leg) => {
        this.#channels.carries(leg);
        this.#outbox.carries(leg);
        this.#requests.carries(leg);
      },
      opened: (leg, move) => {
        if (leg.welcome === undefined) return;
        const { resumed, color, worker } = leg.welcome;
        this.#emitter.emit('opened', { resumed, color, worker, move });
      },
      ended: (leg, code, reason) => {
        const { via } = leg;
        this.#emitter.emit('ended', { code, reason, welcomed: leg.welcome !== undefined, via });
        this.#requests.ended(leg);
      },
      text: (leg, direction, text) => this.#emitter.emit('frame', direction, text, leg.via),
      frame: (leg, frame) => this.#frame(leg, frame),
      mayLeave: (leg, next) => this.#channels.isCaughtUp(next) && !this.#requests.needs(leg),
    };
  }

  #changed(state: ConnectionState): void {
    this.#emitter.emit('state', state.kind);
    switch (state.kind) {
      case 'live':
        for (const ready of this.#unready) ready.resolve();
        this.#unready.clear();
        this.#emitter.emit('live');
        return;
      case 'connecting':
      case 'moving':
        this.#emitter.emit(state.kind);
        return;
      case 'away':
        this.#emitter.emit('away', state.reason);
        return;
      case 'closed': {
        const error = new ClientClosed(state.code, state.reason);
        for (const pending of [this.#channels, this.#outbox, this.#requests]) pending.closed(error);
        for (const ready of this.#unready) ready.reject(error);
        this.#unready.clear();
        this.#emitter.emit('closed', state.code, state.reason);
        return;
      }
      default:
        state satisfies never;
    }
  }

  #frame(leg: Leg, frame: ServerFrame): void {
    switch (frame.type) {
      case 'system.welcome':
        this.#clientId = frame.client_id;
        this.#messageCount = frame.message_count;
        return;
      case 'message':
        if ('channel' in frame) this.#channels.message(leg, frame);
        return;
      case 'subscribed':
        this.#channels.subscribed(leg, frame);
        this.#connection.finishMove();
        return;
      case 'ack': {
        const { id } = frame;
        const ack = ackOf(frame);
        this.#counted(frame.message_count);
        if (id !== undefined && !(ack !== undefined && this.#outbox.acked(id, ack))) this.#requests.answered(id, frame);
        return;
      }
      case 'unsubscribed':
      case 'history':
      case 'presence':
        if (frame.id !== undefined) this.#requests.answered(frame.id, frame);
        return;
      case 'error':
        this.#refused(leg, frame.id, new Refused(frame.code, frame.message));
        return;
      case 'system.bye':
        this.#counted(frame.message_count);
        return;
      case 'system.heartbeat':
      case 'system.pong':
      case 'system.rate_limited':
      case 'system.idle_warning':
      case 'system.reconnect':
        return;
      default:
        frame satisfies never;
    }
  }

  /** Two legs say it in any order. */
  #counted(messageCount: number): void {
    this.#messageCount = Math.max(this.#messageCount, messageCount);
  }

  #refused(leg: Leg, id: string | undefined, refused: Refused): void {
    const again = AGAIN.has(refused.code);
    if (id === undefined) this.#emitter.emit('error', refused.code, refused.message);
    else if (!this.#channels.refused(leg, id, refused, again) && !this.#outbox.refused(id, refused, again)) {
      this.#requests.refused(id, refused);
    }
    this.#connection.finishMove();
  }
}

const unexpected = (answer: Answer): Error => new Error(`a question was answered with ${answer.type}`);
