import type { Subscription } from './channels.js';
import type { Connection } from './connection.js';
import { Conversation } from './conversation.js';
import { defer } from './deferred.js';
import { ClientClosed } from './errors.js';
import { Emitter, type ClientEvents, type ClientState } from './events.js';
import { historyOf, presenceOf } from './messages.js';
import type { Ack, History, JsonValue, Message, Position, Presence } from './messages.js';
import { readOptions, type ClientOptions, type SubscribeOptions } from './options.js';
import type { Answer } from './requests.js';
import { surroundingsOf } from './surroundings.js';

const NORMAL = 1000;

/**
 * A client of `/ws` and `/ws/chat/` (docs/PROTOCOL.md): one session over as many WebSockets as it takes. It connects
 * at once, comes back by itself, and moves with a deploy without a gap.
 */
export class Client {
  readonly #emitter = new Emitter();
  readonly #conversation: Conversation;
  readonly #connection: Connection;

  /** @throws TypeError for a `url` that is none; whatever the making of a socket throws */
  constructor(options: ClientOptions, surroundings = surroundingsOf()) {
    this.#conversation = new Conversation(readOptions(options), surroundings, this.#emitter);
    this.#connection = this.#conversation.connection;
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
    return this.#conversation.clientId;
  }

  /** Messages accepted from this session. */
  get messageCount(): number {
    return this.#conversation.messageCount;
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
    else this.#conversation.unready.add(ready);
    return ready.promise;
  }

  /**
   * Resolves when the message is kept. While the client is away it waits, and what was not acked is sent again with its
   * id. @throws PublishRefused, QueueFull, ClientClosed
   */
  async publish(channel: string, data: JsonValue): Promise<Ack> {
    this.#throwIfClosed();
    return this.#conversation.outbox.publish(channel, data);
  }

  /**
   * A line as it is: on `/ws/chat/` a publish to `chat`. Not queued and, having no id, never sent again. False: it was not
   * sent, since there is no connection.
   */
  say(line: string): boolean {
    const { voice } = this.#connection;
    voice?.send(line);
    return voice !== undefined;
  }

  /** To every connection of a client; not queued. @throws Refused, ConnectionLost, ClientClosed */
  async send(clientId: string, data: JsonValue): Promise<Readonly<{ delivered: number }>> {
    const answer = await this.#askHere({ type: 'send', to: { client_id: clientId }, data });
    return { delivered: answer.type === 'ack' ? (answer.delivered ?? 0) : 0 };
  }

  /**
   * What a handler of the application answers to a frame of its `type`. Not queued, and never sent twice.
   * @throws Refused, ConnectionLost (it may have been done all the same), ClientClosed
   */
  async request(type: string, data: JsonValue): Promise<JsonValue> {
    const answer = await this.#askHere({ type, data });
    if (answer.type === 'reply') return answer.data;
    throw unexpected(answer);
  }

  /** Listeners of one channel share its place. `ready` of what it returns says when it begins. */
  subscribe(channel: string, listener: (message: Message) => void, options: SubscribeOptions = {}): Subscription {
    const subscription = this.#conversation.channels.subscribe(channel, listener, options);
    const closed = this.#closed();
    if (closed !== undefined) this.#conversation.channels.closed(closed);
    return subscription;
  }

  /** Asked again if the connection ends before the answer. @throws Refused, ClientClosed */
  async history(channel: string, options: Readonly<{ limit?: number; since?: Position }> = {}): Promise<History> {
    const answer = await this.#ask({ type: 'history', channel, ...options });
    if (answer.type === 'history') return historyOf(answer);
    throw unexpected(answer);
  }

  /** As with `history`. */
  async presence(channel: string, options: Readonly<{ limit?: number; cursor?: string }> = {}): Promise<Presence> {
    const answer = await this.#ask({ type: 'presence', channel, ...options });
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

  async #askHere(frame: Readonly<Record<string, unknown>>): Promise<Answer> {
    this.#throwIfClosed();
    const answer = await this.#conversation.requests.askHere(this.#connection.voice, frame);
    this.#connection.finishMove();
    return answer;
  }

  async #ask(frame: Readonly<Record<string, unknown>>): Promise<Answer> {
    this.#throwIfClosed();
    return this.#conversation.requests.ask(this.#connection.voice, frame);
  }
}

const unexpected = (answer: Answer): Error => new Error(`a question was answered with ${answer.type}`);
