import { PublishRefused, QueueFull } from '../client/errors.js';
import { decodeServerFrame } from '../protocol/decode-server.js';
import type { Book } from './book.js';
import { now } from './clock.js';
import { atSteadyRate } from './steady-rate.js';
import type { Mishaps } from './mishaps.js';
import { WatchedClient, type Target } from './watched-client.js';

/** One client of the library that publishes at a steady pace, to one channel after the other. */
export class Publisher {
  readonly #name: string;
  readonly #watched: WatchedClient;
  readonly #book: Book;
  readonly #mishaps: Mishaps;
  #count = 0;
  #stop: (() => void) | undefined;

  constructor(name: string, target: Target, book: Book, mishaps: Mishaps) {
    this.#name = name;
    this.#book = book;
    this.#mishaps = mishaps;
    this.#watched = new WatchedClient(name, target, mishaps, () => ({
      sent: () => {},
      received: (text) => this.#look(text),
    }));
  }

  /** Resolves when it is welcomed. */
  get ready(): Promise<void> {
    return this.#watched.client.ready();
  }

  /** @param first where in `channels` this one begins */
  start(channels: readonly string[], perSecond: number, first: number): void {
    this.#stop = atSteadyRate(perSecond, () => {
      const channel = channels[(first + this.#count) % channels.length];
      if (channel !== undefined) this.#publish(channel);
    });
  }

  /** Nothing new is published; what is under way still is. */
  stop(): void {
    this.#stop?.();
  }

  close(): Promise<void> {
    this.stop();
    return this.#watched.close();
  }

  #publish(channel: string): void {
    this.#count += 1;
    const id = `${this.#name.replace(' ', '-')}-${this.#count}`;
    this.#book.published(channel, id);
    this.#watched.client.publish(channel, id).then(
      ({ epoch, offset, duplicate }) =>
        this.#book.answered(id, { kind: 'acked', epoch, offset, duplicate, atMs: now() }),
      (error: unknown) => this.#refused(id, error),
    );
  }

  /** A client that was closed leaves the outcome unknown. */
  #refused(id: string, error: unknown): void {
    if (error instanceof PublishRefused) {
      this.#mishaps.publishesRefused += 1;
      this.#book.answered(id, { kind: 'refused', code: error.code });
    } else if (error instanceof QueueFull) this.#book.answered(id, { kind: 'refused', code: 'queue_full' });
  }

  /** The library may send again what was refused: here it is seen all the same. */
  #look(text: string): void {
    if (!text.startsWith('{"type":"error"')) return;
    const decoded = decodeServerFrame(text);
    if (!decoded.ok || decoded.frame.type !== 'error') return;
    const { code, message } = decoded.frame;
    this.#mishaps.errorFrames += 1;
    this.#mishaps.trouble(`${this.#name} was refused: ${code}, ${message}`);
  }
}
