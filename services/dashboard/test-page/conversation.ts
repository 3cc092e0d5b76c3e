import { Client, ClientClosed, type JsonValue } from '../../client/index.js';
import { decodeServerFrame } from '../../protocol/decode-server.js';
import type { ServerFrame, WelcomeFrame } from '../../protocol/frames.js';
import { readFields, readText } from '../shared/fields.js';
import { Channels } from './channels.js';
import { closeMeaning } from './close-meaning.js';
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
  noted(type: 'open' | 'close' | 'refused', text: string, worker: string): void;
  sent(text: string, worker: string): void;
  /** `again`: a message or an ack that had come before. Undefined: no frame that is known. */
  received(text: string, frame: ServerFrame | undefined, again: boolean, worker: string): void;
  reconnected(): void;
  moved(): void;
}

/** What the page says and hears: the library does it, and here it is put into the page's words. */
export class Conversation {
  readonly #memory: TabMemory;
  readonly #events: ConversationEvents;
  /** On `/ws/chat/` the server subscribes, and remembers for the client. */
  readonly #chat = new Channels([['chat', undefined]], () => {});
  readonly #channels: Channels;
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

  connect({ path, clientId }: Target): void {
    if (this.#client !== undefined) return;
    const client = new Client({
      url: new URL(path, location.href).href,
      session: this.#memory.session,
      clientId: clientId === '' ? undefined : clientId,
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

  #become(state: ConversationState): void {
    this.#state = state;
    this.#events.changed(state);
  }

  #listen(client: Client): void {
    let openings = 0;
    client.on('frame', (direction, text, worker) => {
      if (direction === 'in') this.#received(text, worker);
      else this.#sent(text, worker);
    });
    client.on('opened', ({ resumed, color, worker, move }) => {
      if (client.session !== undefined) this.#memory.rememberSession(client.session);
      this.#events.noted('open', resumed ? 'WebSocket open, resumed' : 'WebSocket open', `${color} ${worker}`);
      openings += 1;
      if (openings > 1 && !move) this.#events.reconnected();
    });
    client.on('ended', ({ code, reason, via }) => this.#events.noted('close', closeMeaning(code, reason), via));
    client.on('connecting', () => this.#become({ kind: 'connecting' }));
    client.on('live', () => {
      if (this.#state.kind === 'moving') this.#events.moved();
      if (this.#welcome !== undefined) this.#become({ kind: 'live', welcome: this.#welcome });
    });
    client.on('moving', () => {
      if (this.#welcome !== undefined) this.#become({ kind: 'moving', welcome: this.#welcome });
    });
    client.on('away', (reason) => this.#become({ kind: 'away', note: reason }));
    client.on('closed', (code, reason) => {
      this.#client = undefined;
      this.#current.detach();
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
