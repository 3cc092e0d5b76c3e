import { Client, ClientClosed, type History, type JsonValue } from '../../client/index.js';
import { decodeServerFrame } from '../../protocol/decode-server.js';
import type { ServerFrame, WelcomeFrame } from '../../protocol/frames.js';
import { readFields, readText } from '../shared/fields.js';
import { Channels } from './channels.js';
import { closeMeaning } from './close-meaning.js';
import { Passage } from './passage.js';
import type { TabMemory } from './tab-memory.js';
import type { Target } from './target.js';

export type ConversationState =
  | Readonly<{ kind: 'offline'; note: string }>
  | Readonly<{ kind: 'connecting' }>
  | Readonly<{ kind: 'live' | 'moving'; welcome: WelcomeFrame }>
  | Readonly<{ kind: 'away'; note: string }>;

export interface ConversationEvents {
  changed(state: ConversationState): void;
  /** A channel, or the place in one, is another now. */
  channelsChanged(): void;
  /** `worker` as in `blue 1`, of the WebSocket that it is about; empty before its welcome. */
  noted(type: 'open' | 'close' | 'refused' | 'moved' | 'back', text: string, worker: string): void;
  sent(text: string, worker: string): void;
  /** `again`: a message or an ack that had come before. Undefined: no frame that is known. */
  received(text: string, frame: ServerFrame | undefined, again: boolean, worker: string): void;
  reconnected(): void;
  moved(): void;
}

/** What the page says and hears on one connection: the library does it, and here it is put into the page's words. */
export class Conversation {
  readonly #memory: TabMemory;
  readonly #events: ConversationEvents;
  /** On `/ws/chat/` the server subscribes, and remembers for the client. */
  readonly #chat = new Channels([['chat', undefined]], () => {});
  readonly #channels: Channels;
  readonly #passage = new Passage();
  /** Ids of publishes that are not yet acked. */
  readonly #unacked = new Set<string>();
  #current = this.#chat;
  #client: Client | undefined;
  #welcome: WelcomeFrame | undefined;
  #state: ConversationState = { kind: 'offline', note: '' };

  constructor(memory: TabMemory, events: ConversationEvents) {
    this.#memory = memory;
    this.#events = events;
    this.#channels = new Channels(memory.channels(), () => events.channelsChanged());
  }

  /** The channels of `/ws`. */
  get channels(): Channels {
    return this.#channels;
  }

  get clientId(): string | undefined {
    return this.#client?.clientId;
  }

  connect({ path, clientId, token }: Target): void {
    if (this.#client !== undefined) return;
    const client = new Client({
      url: new URL(path, location.href).href,
      session: this.#memory.session,
      clientId: clientId === '' ? undefined : clientId,
      token: token === '' ? undefined : token,
    });
    this.#client = client;
    this.#listen(client);
    this.#current = path === '/ws' ? this.#channels : this.#chat;
    this.#current.attach(client);
    this.#become({ kind: 'connecting' });
  }

  disconnect(): void {
    void this.#client?.close();
  }

  forget(): void {
    this.#memory.forgetSession();
    this.#chat.forgetPlaces();
    this.#channels.forgetPlaces();
  }

  /** A line on `/ws/chat/`: it has no id, so it is not sent again. */
  say(text: string): void {
    this.#client?.say(text);
  }

  publish(channel: string, data: JsonValue): void {
    this.#client?.publish(channel, data).catch((error: unknown) => {
      if (error instanceof Error && !(error instanceof ClientClosed)) this.#events.noted('refused', error.message, '');
    });
  }

  /** The newest publications, oldest first; in words why there are none. */
  async history(channel: string, limit: number): Promise<History | string> {
    if (this.#client === undefined) return 'not connected';
    try {
      return await this.#client.history(channel, { limit });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #become(state: ConversationState): void {
    this.#state = state;
    this.#events.changed(state);
  }

  #listen(client: Client): void {
    client.on('frame', (direction, text, worker) => {
      if (direction === 'in') this.#received(text, worker);
      else this.#sent(text, worker);
    });
    client.on('opened', ({ resumed, color, worker, move }) => {
      if (client.session !== undefined) this.#memory.rememberSession(client.session);
      this.#events.noted('open', resumed ? 'WebSocket open, resumed' : 'WebSocket open', `${color} ${worker}`);
      if (move || !this.#passage.opened(`${color} ${worker}`, resumed, this.#current.known())) return;
      this.#events.reconnected();
      this.#tellArrival();
    });
    client.on('ended', ({ code, reason, via }) => this.#events.noted('close', closeMeaning(code, reason), via));
    client.on('reset', (channel) => this.#passage.broken(channel));
    client.on('connecting', () => this.#become({ kind: 'connecting' }));
    client.on('live', () => {
      const to = `${client.color ?? ''} ${client.worker ?? ''}`;
      if (this.#state.kind === 'moving') {
        this.#events.noted('moved', this.#passage.moved(to), to);
        this.#events.moved();
      }
      if (this.#welcome !== undefined) this.#become({ kind: 'live', welcome: this.#welcome });
    });
    client.on('moving', () => {
      this.#passage.moving(`${client.color ?? ''} ${client.worker ?? ''}`);
      if (this.#welcome !== undefined) this.#become({ kind: 'moving', welcome: this.#welcome });
    });
    client.on('away', (reason) => {
      this.#passage.away();
      this.#become({ kind: 'away', note: reason });
    });
    client.on('closed', (code, reason) => {
      this.#client = undefined;
      this.#current.detach();
      this.#passage.ended();
      this.#become({ kind: 'offline', note: code === 1000 ? '' : closeMeaning(code, reason) });
    });
  }

  #sent(text: string, worker: string): void {
    const fields = readFields(text);
    const id = readText(fields?.['id']);
    if (fields?.['type'] === 'publish' && id !== undefined) this.#unacked.add(id);
    this.#events.sent(text, worker);
  }

  #received(text: string, worker: string): void {
    const decoded = decodeServerFrame(text);
    const frame = decoded.ok ? decoded.frame : undefined;
    if (frame?.type === 'system.welcome') this.#welcome = frame;
    this.#events.received(text, frame, this.#cameBefore(frame), worker);
    if (frame?.type !== 'subscribed') return;
    this.#passage.subscribed(frame.channel, frame.recovered);
    this.#tellArrival();
  }

  #tellArrival(): void {
    const arrival = this.#passage.arrival();
    if (arrival !== undefined) this.#events.noted('back', arrival.text, arrival.worker);
  }

  #cameBefore(frame: ServerFrame | undefined): boolean {
    if (frame?.type === 'message' && 'channel' in frame) {
      const place = this.#current.place(frame.channel);
      return place !== undefined && frame.offset <= place.offset;
    }
    if (frame?.type !== 'ack') return false;
    const awaited = frame.id !== undefined && this.#unacked.delete(frame.id);
    return frame.duplicate === true && !awaited;
  }
}
