import { now } from './clock.js';
import { ConnectionAccount } from './connection-account.js';
import { Numbers } from './numbers.js';
import { Places } from './places.js';
import type { Heard, HeardMessage, Place } from './events.js';

export type { Heard, HeardMessage, Outcome, Place, Publication } from './events.js';

/** A `joined` or a `reset`; `before` messages had been heard when it came. */
export type Mark = Place & Readonly<{ kind: 'joined' | 'reset'; before: number; atMs: number }>;

/** 32 bits of hundredths reach six hours. */
const UNITS_PER_MS = 100;

/** One channel, and everybody's accounts of it. */
export class ChannelRecord {
  readonly name: string;
  readonly places = new Places();
  /** Times are kept as hundredths of a millisecond since the first one. */
  #originMs: number | undefined;

  constructor(name: string) {
    this.name = name;
  }

  account(subscriber: string): Account {
    return new Account(this, subscriber);
  }

  packTime(atMs: number): number {
    this.#originMs ??= atMs;
    return Math.round((atMs - this.#originMs) * UNITS_PER_MS);
  }

  unpackTime(packed: number): number {
    return (this.#originMs ?? 0) + packed / UNITS_PER_MS;
  }
}

/**
 * What one subscriber of one channel heard, as its application sees it, and beside it what each of its connections was
 * sent. Eight bytes a message.
 */
export class Account {
  readonly channel: ChannelRecord;
  readonly subscriber: string;
  readonly marks: Mark[] = [];
  readonly connections: ConnectionAccount[] = [];
  readonly #messages = new Numbers();
  readonly #times = new Numbers();

  constructor(channel: ChannelRecord, subscriber: string) {
    this.channel = channel;
    this.subscriber = subscriber;
  }

  /** Messages heard. */
  get length(): number {
    return this.#messages.length;
  }

  /** Numbers of the messages in `channel.places`, in the order in which they came. A view. */
  get messages(): Int32Array {
    return this.#messages.view();
  }

  /** Of each message, for `channel.unpackTime`. A view. */
  get times(): Int32Array {
    return this.#times.view();
  }

  joined(place: Place, atMs = now()): void {
    this.#mark('joined', place, atMs);
  }

  heard({ epoch, offset, id, atMs }: HeardMessage): void {
    this.#messages.push(this.channel.places.numberOf({ epoch, offset }, id, atMs));
    this.#times.push(this.channel.packTime(atMs));
  }

  reset(place: Place, atMs = now()): void {
    this.#mark('reset', place, atMs);
  }

  /** A connection of this subscriber begins. */
  connection(): ConnectionAccount {
    const connection = new ConnectionAccount();
    this.connections.push(connection);
    return connection;
  }

  take(event: Heard): void {
    switch (event.kind) {
      case 'joined':
        this.joined(event, event.atMs);
        return;
      case 'message':
        this.heard(event);
        return;
      case 'reset':
        this.reset(event, event.atMs);
        return;
    }
    event satisfies never;
  }

  #mark(kind: Mark['kind'], { epoch, offset }: Place, atMs: number): void {
    this.channel.places.see(epoch, atMs);
    this.marks.push({ kind, epoch, offset, before: this.#messages.length, atMs });
  }
}
