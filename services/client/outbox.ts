import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import { defer, type Deferred } from './deferred.js';
import { PublishRefused, QueueFull, type ClientClosed, type Refused } from './errors.js';
import type { Leg } from './leg.js';
import type { Ack, JsonValue } from './messages.js';
import { restMs, type Settings } from './options.js';
import { timerMs } from './timers.js';

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
  /** What was under way when the server could not take one of them, in its order: it goes again one by one. */
  readonly #oneByOne = new Set<string>();
  /** Set while the server is given a rest. */
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** The server wants nothing before, on whatever connection, ms since 1970; 0: it has limited none of those under way. */
  #notBefore = 0;
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
    if (this.#rest === undefined && this.#oneByOne.size === 0) this.#carrier.voice?.send(text);
    return answer.promise;
  }

  /** What another connection could not take this one may. */
  carries(leg: Leg): void {
    if (Date.now() < this.#notBefore) return;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    if (this.#notBefore === 0) this.#oneByOne.clear();
    // All at once would be too much again, and after some in a row the server closes.
    else for (const id of this.#unacked.keys()) this.#oneByOne.add(id);
    this.#send(leg);
  }

  /** `system.rate_limited`: what it left out is not answered, and is sent again after this time. */
  limited(ms: number): void {
    this.#notBefore = Date.now() + ms;
    this.#pause();
  }

  /** False: it was none of these, or it had been answered before. */
  acked(id: string, ack: Ack): boolean {
    this.#refusals = 0;
    const pending = this.#settle(id);
    pending?.answer.resolve(ack);
    return pending !== undefined;
  }

  /** Whether it was one of these. @param again the server can't take it now; else it never will */
  refused(id: string, { code, message }: Refused, again: boolean): boolean {
    if (!this.#unacked.has(id)) return false;
    if (again) this.#pause();
    else this.#settle(id)?.answer.reject(new PublishRefused(code, message));
    return true;
  }

  closed(error: ClientClosed): void {
    clearTimeout(this.#rest);
    for (const { answer } of this.#unacked.values()) answer.reject(error);
    this.#unacked.clear();
  }

  /** Where they go one by one, the next one goes when the first is done with. */
  #settle(id: string): Pending | undefined {
    const pending = this.#unacked.get(id);
    const [first] = this.#oneByOne;
    const { voice } = this.#carrier;
    this.#unacked.delete(id);
    this.#oneByOne.delete(id);
    if (this.#oneByOne.size === 0) this.#notBefore = 0;
    if (id === first && this.#rest === undefined && voice !== undefined) this.#send(voice);
    return pending;
  }

  #send(leg: Leg): void {
    for (const { text } of this.#unacked.values()) {
      leg.send(text);
      if (this.#oneByOne.size > 0) return;
    }
  }

  #makeRoom(): boolean {
    const [oldest] = this.#unacked.keys();
    if (this.#settings.whenFull === 'reject' || oldest === undefined) return false;
    this.#settle(oldest)?.answer.reject(new QueueFull('dropped for a newer one'));
    return true;
  }

  /** Nothing is sent meanwhile, and then one by one what is not acked now: what follows may not come before it. */
  #pause(): void {
    if (this.#rest !== undefined) return;
    // Where they go one by one already, all but the first are still here.
    if (this.#oneByOne.size === 0) for (const id of this.#unacked.keys()) this.#oneByOne.add(id);
    this.#rest = setTimeout(() => this.#goOn(), restMs(this.#settings, this.#refusals));
    this.#refusals += 1;
  }

  #goOn(): void {
    const { voice } = this.#carrier;
    const ms = this.#notBefore - Date.now();
    this.#rest = ms > 0 ? setTimeout(() => this.#goOn(), timerMs(ms)) : undefined;
    if (ms <= 0 && voice !== undefined) this.#send(voice);
  }
}

/** The server would close with 1009, and the client would be gone for one message. */
const isTooLarge = (text: string): boolean =>
  text.length * 3 > MAX_FRAME_BYTES && new TextEncoder().encode(text).length > MAX_FRAME_BYTES;
