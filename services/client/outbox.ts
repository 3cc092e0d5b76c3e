import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import { defer, type Deferred } from './deferred.js';
import { PublishRefused, QueueFull, type ClientClosed, type Refused } from './errors.js';
import type { Leg } from './leg.js';
import type { Ack, JsonValue } from './messages.js';
import { restMs, type Settings } from './options.js';

type Pending = Readonly<{ text: string; answer: Deferred<Ack> }>;

/** Where new frames go; undefined while there is no connection. */
export type Carrier = Readonly<{ voice: Leg | undefined }>;

/**
 * Publishes until they are acked, in the order in which they were asked for. What a connection did not ack is sent
 * again on the next one with its id, before anything new [once-1] [move-3].
 */
export class Outbox {
  readonly #settings: Settings;
  readonly #carrier: Carrier;
  readonly #mintId: () => string;
  readonly #unacked = new Map<string, Pending>();
  /** Set while the server is given a rest, after it could not take one. */
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Refusals in a row. */
  #refusals = 0;

  constructor(settings: Settings, carrier: Carrier, mintId: () => string) {
    this.#settings = settings;
    this.#carrier = carrier;
    this.#mintId = mintId;
  }

  publish(channel: string, data: JsonValue): Promise<Ack> {
    const id = this.#mintId();
    const text = JSON.stringify({ type: 'publish', channel, data, id });
    if (isTooLarge(text)) return Promise.reject(new PublishRefused('too_large', 'a frame has at most 64 KiB'));
    if (this.#unacked.size >= this.#settings.queueLimit && !this.#makeRoom()) {
      return Promise.reject(new QueueFull(`${this.#unacked.size} publishes are not yet acked`));
    }
    const answer = defer<Ack>();
    this.#unacked.set(id, { text, answer });
    if (this.#rest === undefined) this.#carrier.voice?.send(text);
    return answer.promise;
  }

  carries(leg: Leg): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    for (const { text } of this.#unacked.values()) leg.send(text);
  }

  /** False: it was none of these, or it had been answered before. */
  acked(id: string, ack: Ack): boolean {
    const pending = this.#take(id);
    this.#refusals = 0;
    pending?.answer.resolve(ack);
    return pending !== undefined;
  }

  /** Whether it was one of these. @param again the server can't take it now; else it never will */
  refused(id: string, { code, message }: Refused, again: boolean): boolean {
    if (!this.#unacked.has(id)) return false;
    if (again) this.#wait();
    else this.#take(id)?.answer.reject(new PublishRefused(code, message));
    return true;
  }

  closed(error: ClientClosed): void {
    clearTimeout(this.#rest);
    for (const { answer } of this.#unacked.values()) answer.reject(error);
    this.#unacked.clear();
  }

  #take(id: string): Pending | undefined {
    const pending = this.#unacked.get(id);
    this.#unacked.delete(id);
    return pending;
  }

  #makeRoom(): boolean {
    const [oldest] = this.#unacked.keys();
    if (this.#settings.whenFull === 'reject' || oldest === undefined) return false;
    this.#take(oldest)?.answer.reject(new QueueFull('dropped for a newer one'));
    return true;
  }

  /** Nothing is sent meanwhile, so that what is refused now does not come behind what follows it. */
  #wait(): void {
    if (this.#rest !== undefined) return;
    const ms = restMs(this.#settings, this.#refusals);
    this.#refusals += 1;
    this.#rest = setTimeout(() => {
      const { voice } = this.#carrier;
      this.#rest = undefined;
      if (voice !== undefined) this.carries(voice);
    }, ms);
  }
}

/** The server would close with 1009, and the client would be gone for one message. */
const isTooLarge = (text: string): boolean =>
  text.length * 3 > MAX_FRAME_BYTES && new TextEncoder().encode(text).length > MAX_FRAME_BYTES;
