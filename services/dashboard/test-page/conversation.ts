import { Channels } from './channels.js';
import { mintId, publishText, subscribeText, unsubscribeText } from './client-frames.js';
import { Connection, type ConnectionEvents, type ConnectionState } from './connection.js';
import type { Leg } from './leg.js';
import type { TabMemory } from './tab-memory.js';
import type { Target } from './target.js';
import type { ServerFrame } from './wire.js';

/** A refusal that is not the page's fault: asked again with the same id, after a while. */
const AGAIN: ReadonlySet<string> = new Set(['unavailable', 'overloaded']);
const AGAIN_AFTER_MS = 1_000;

export interface ConversationEvents {
  changed(state: ConnectionState): void;
  opened(leg: Leg): void;
  closed(leg: Leg, meaning: string): void;
  sent(leg: Leg, text: string): void;
  /** `again`: a message or an ack that had come before. */
  received(leg: Leg, text: string, frame: ServerFrame, again: boolean): void;
  reconnected(): void;
  moved(): void;
}

/** What is said over the connection: channels, and publishes until they are acked. */
export class Conversation implements ConnectionEvents {
  readonly #memory: TabMemory;
  readonly #events: ConversationEvents;
  readonly #connection: Connection;
  /** On `/ws/chat/` the server subscribes, and remembers for the client. */
  readonly #chat = new Channels();
  readonly #channels = new Channels();
  #path: Target['path'] = '/ws/chat/';
  /** Publishes that are not yet acked, by id. */
  readonly #unacked = new Map<string, string>();

  constructor(memory: TabMemory, events: ConversationEvents) {
    this.#memory = memory;
    this.#events = events;
    this.#connection = new Connection(memory, this);
    this.#chat.add('chat');
    for (const [name, position] of memory.channels()) this.#channels.add(name, position);
  }

  /** The channels of `/ws`. */
  get channels(): Channels {
    return this.#channels;
  }

  connect(target: Target): void {
    this.#path = target.path;
    this.#connection.connect(target);
  }

  disconnect(): void {
    this.#connection.disconnect();
  }

  forget(): void {
    this.#memory.forgetSession();
    this.#unacked.clear();
    this.#chat.forgetPositions();
    this.#channels.forgetPositions();
  }

  /** A line on `/ws/chat/`: it has no id, so it is not sent again. */
  say(text: string): void {
    this.#send(this.#connection.voice, text);
  }

  publish(channel: string, data: unknown): void {
    const id = mintId();
    const text = publishText(id, channel, data);
    this.#unacked.set(id, text);
    this.#send(this.#connection.voice, text);
  }

  subscribe(channel: string): void {
    this.#channels.add(channel);
    this.#subscribe(this.#connection.voice, channel);
  }

  unsubscribe(channel: string): void {
    this.#channels.remove(channel);
    for (const leg of this.#connection.legs) {
      if (leg.subscribed.delete(channel)) this.#send(leg, unsubscribeText(mintId(), channel));
    }
    this.#connection.finishMove();
  }

  changed(state: ConnectionState): void {
    this.#events.changed(state);
  }

  opened(leg: Leg): void {
    this.#events.opened(leg);
  }

  closed(leg: Leg, meaning: string): void {
    this.#events.closed(leg, meaning);
  }

  reconnected(): void {
    this.#events.reconnected();
  }

  moved(): void {
    this.#events.moved();
  }

  welcomed(leg: Leg): void {
    if (this.#path === '/ws/chat/') return;
    for (const channel of this.#channels.all().keys()) this.#subscribe(leg, channel);
    for (const text of this.#unacked.values()) this.#send(leg, text);
  }

  isCaughtUp(leg: Leg): boolean {
    return Array.from(this.#channels.all().keys()).every((channel) => leg.subscribed.has(channel));
  }

  frame(leg: Leg, text: string, frame: ServerFrame): void {
    this.#events.received(leg, text, frame, this.#cameBefore(frame));
    switch (frame.type) {
      case 'subscribed':
        this.#current.subscribed(frame.channel, frame.position, frame.recovered);
        leg.subscribed.add(frame.channel);
        this.#connection.finishMove();
        return;
      case 'error':
        if (frame.id !== undefined) this.#refused(leg, frame.id, AGAIN.has(frame.code));
        return;
      case 'system.welcome':
      case 'system.heartbeat':
      case 'system.reconnect':
      case 'system.bye':
      case 'message':
      case 'ack':
      case 'other':
        return;
      default:
        frame satisfies never;
    }
  }

  #cameBefore(frame: ServerFrame): boolean {
    if (frame.type === 'message') return !this.#current.take(frame.channel, frame.position);
    if (frame.type !== 'ack') return false;
    const awaited = frame.id !== undefined && this.#unacked.delete(frame.id);
    return frame.duplicate && !awaited;
  }

  get #current(): Channels {
    return this.#path === '/ws' ? this.#channels : this.#chat;
  }

  #send(leg: Leg | undefined, text: string): void {
    if (leg === undefined) return;
    leg.send(text);
    this.#events.sent(leg, text);
  }

  #subscribe(leg: Leg | undefined, channel: string): void {
    if (leg === undefined) return;
    const id = mintId();
    leg.asked.set(id, channel);
    this.#send(leg, subscribeText(id, channel, this.#channels.all().get(channel)));
  }

  #refused(leg: Leg, id: string, again: boolean): void {
    const channel = leg.asked.get(id);
    if (!again) {
      this.#unacked.delete(id);
      if (channel !== undefined) this.#channels.remove(channel);
      return;
    }
    setTimeout(() => {
      if (!leg.isOpen) return;
      if (channel !== undefined && this.#channels.all().has(channel)) this.#subscribe(leg, channel);
      const text = this.#unacked.get(id);
      if (text !== undefined) this.#send(leg, text);
    }, AGAIN_AFTER_MS);
  }
}
