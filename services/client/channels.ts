import type { MessageFrame, SubscribedFrame } from '../protocol/frames.js';
import { defer, type Deferred } from './deferred.js';
import { Refused, type ClientClosed } from './errors.js';
import { guarded } from './events.js';
import type { Leg } from './leg.js';
import { messageOf, type Message, type Position } from './messages.js';
import { restMs, type Settings, type SubscribeOptions } from './options.js';

export interface Subscription {
  readonly channel: string;
  /** The last place that was delivered; undefined before `ready`. */
  readonly position: Position | undefined;
  /** Resolves when the server has said where the subscription begins. Rejects with Refused or ClientClosed. */
  readonly ready: Promise<Position>;
  /** Nothing is delivered from now on; resolves when the server has heard of it. */
  unsubscribe(): Promise<void>;
}

type Listener = Readonly<{ message: (message: Message) => void; reset: (position: Position) => void }>;

/** A channel that is subscribed, with the last place seen: all its listeners share both. */
class Channel {
  position: Position | undefined;
  readonly ready: Deferred<Position> = defer();
  readonly listeners = new Set<Listener>();

  constructor(readonly name: string) {
    // Whoever waits for it is told; nobody has to.
    this.ready.promise.catch(() => {});
  }

  /** Takes each offset once, from whichever leg brings it first. */
  take(frame: MessageFrame): void {
    const { epoch, offset } = frame;
    if (this.position !== undefined && offset <= this.position.offset) return;
    this.position = { epoch, offset };
    const message = messageOf(this.name, frame);
    for (const { message: listener } of Array.from(this.listeners)) guarded(() => listener(message));
  }

  reset(position: Position): void {
    this.position = position;
    for (const { reset } of Array.from(this.listeners)) guarded(() => reset(position));
  }
}

/** Where new frames go (undefined while there is no connection), and every WebSocket that has not ended. */
export type Carrier = Readonly<{ voice: Leg | undefined; legs: ReadonlySet<Leg> }>;

export interface ChannelsEvents {
  /** Resolves when the server has answered, or can't any more. */
  unsubscribe(leg: Leg, channel: string): Promise<void>;
  reset(channel: string, position: Position): void;
  error(refused: Refused): void;
}

/** What this client is subscribed to, and where it is in each channel. */
export class Channels {
  readonly #settings: Settings;
  readonly #carrier: Carrier;
  readonly #mintId: () => string;
  readonly #events: ChannelsEvents;
  /** The channel that the server subscribes by itself: it is never asked for. */
  readonly #kept: string | undefined;
  readonly #channels = new Map<string, Channel>();

  constructor(
    settings: Settings,
    carrier: Carrier,
    mintId: () => string,
    events: ChannelsEvents,
    kept: string | undefined,
  ) {
    this.#settings = settings;
    this.#carrier = carrier;
    this.#mintId = mintId;
    this.#events = events;
    this.#kept = kept;
    if (kept !== undefined) this.#channels.set(kept, new Channel(kept));
  }

  subscribe(name: string, message: Listener['message'], { recover, onReset }: SubscribeOptions): Subscription {
    const known = this.#channels.get(name);
    const channel = known ?? new Channel(name);
    const listener: Listener = { message, reset: onReset ?? (() => {}) };
    channel.position ??= recover;
    channel.listeners.add(listener);
    if (known === undefined) {
      this.#channels.set(name, channel);
      const { voice } = this.#carrier;
      if (voice !== undefined) this.#ask(voice, channel);
    }
    return {
      channel: name,
      get position() {
        return channel.position;
      },
      ready: channel.ready.promise,
      unsubscribe: () => this.#leave(channel, listener),
    };
  }

  carries(leg: Leg): void {
    for (const channel of this.#channels.values()) if (!leg.subscribed.has(channel.name)) this.#ask(leg, channel);
  }

  isCaughtUp(leg: Leg): boolean {
    return [...this.#channels.keys()].every((name) => leg.subscribed.has(name));
  }

  message(leg: Leg, frame: MessageFrame): void {
    if (leg.subscribed.has(frame.channel)) this.#channels.get(frame.channel)?.take(frame);
  }

  subscribed(leg: Leg, { id, channel: name, epoch, offset, recovered }: SubscribedFrame): void {
    const asked = id === undefined ? undefined : leg.asked.get(id);
    const channel = this.#channels.get(name);
    if (id !== undefined && asked === undefined) return;
    // A program's doing, or a broken order: what was asked is answered behind it, and says more.
    if (!asked && [...leg.asked.values()].some((other) => other.channel === name)) return;
    leg.asked.delete(id ?? '');
    if (channel === undefined) return;
    const place = { epoch, offset };
    const { position } = channel;
    if (recovered) {
      // It goes on from what was asked for, and everything up to `position` has come.
    } else if (asked === undefined) {
      if (!this.#isLeft(leg, name)) this.#reset(leg, channel, place);
    } else if (position === asked.recover) {
      if (position === undefined) channel.position = place;
      else this.#reset(leg, channel, place);
    } else if (position?.epoch !== epoch || position.offset < offset) {
      // Another leg has brought it further meanwhile, but not as far as this one begins.
      this.#ask(leg, channel);
      return;
    }
    leg.subscribed.add(name);
    channel.ready.resolve(channel.position ?? place);
  }

  /** Whether it was a subscribe that was refused. What the server could not do is asked for again, by back-off. */
  refused(leg: Leg, id: string, refused: Refused, again: boolean, leastMs = 0): boolean {
    const asked = leg.asked.get(id);
    if (asked === undefined) return false;
    leg.asked.delete(id);
    const channel = this.#channels.get(asked.channel);
    if (channel === undefined) return true;
    if (again || refused.code === 'internal') {
      leg.later(Math.max(leastMs, restMs(this.#settings, asked.refusals)), () => {
        if (this.#channels.get(channel.name) === channel) this.#ask(leg, channel, asked.refusals + 1);
      });
    } else {
      this.#channels.delete(channel.name);
      channel.ready.reject(refused);
    }
    if (!again) this.#events.error(refused);
    return true;
  }

  closed(error: ClientClosed): void {
    for (const channel of this.#channels.values()) channel.ready.reject(error);
  }

  #ask(leg: Leg, { name, position }: Channel, refusals = 0): void {
    if (name === this.#kept) return;
    const id = this.#mintId();
    // What comes before the answer may leave a gap.
    leg.subscribed.delete(name);
    leg.asked.set(id, { channel: name, recover: position, refusals });
    leg.send(JSON.stringify({ type: 'subscribe', channel: name, recover: position, id }));
  }

  /** What other legs still bring lies before the new beginning, whatever its offsets say. */
  #reset(leg: Leg, channel: Channel, place: Position): void {
    for (const other of this.#carrier.legs) if (other !== leg) other.subscribed.delete(channel.name);
    channel.reset(place);
    this.#events.reset(channel.name, place);
  }

  /** Another leg has the channel too, and is the one that goes on. */
  #isLeft(leg: Leg, name: string): boolean {
    const { voice } = this.#carrier;
    return voice !== undefined && voice !== leg && voice.subscribed.has(name);
  }

  async #leave(channel: Channel, listener: Listener): Promise<void> {
    const { name, listeners } = channel;
    if (!listeners.delete(listener) || listeners.size > 0 || name === this.#kept) return;
    if (this.#channels.get(name) !== channel) return;
    this.#channels.delete(name);
    const answers: Promise<void>[] = [];
    for (const leg of this.#carrier.legs) {
      const wasAsked = [...leg.asked].filter(([, asked]) => asked.channel === name);
      for (const [id] of wasAsked) leg.asked.delete(id);
      if (leg.subscribed.delete(name) || wasAsked.length > 0) answers.push(this.#events.unsubscribe(leg, name));
    }
    await Promise.all(answers);
  }
}
