import type { Book } from './book.js';
import { now } from './clock.js';
import { ConnectionWatch } from './connection-watch.js';
import type { Account } from './record.js';
import type { Mishaps } from './mishaps.js';
import { WatchedClient, type Target } from './watched-client.js';

/** One client of the library that listens to one channel. */
export class Subscriber {
  readonly account: Account;
  /** Resolves when it is subscribed. */
  readonly ready: Promise<unknown>;
  readonly #watched: WatchedClient;

  constructor(name: string, channel: string, target: Target, book: Book, mishaps: Mishaps) {
    this.account = book.account(channel, name);
    this.#watched = new WatchedClient(name, target, mishaps, () => new ConnectionWatch(this.account));
    this.ready = this.#watched.client.subscribe(
      channel,
      ({ epoch, offset, data }) => {
        const atMs = now();
        const id = typeof data === 'string' ? data : '';
        this.account.heard({ epoch, offset, id, atMs });
        const sentAtMs = book.sentAtMs(id);
        if (sentAtMs !== undefined) mishaps.recent.add(atMs, atMs - sentAtMs);
      },
      { onReset: (position) => this.account.reset(position) },
    ).ready;
  }

  close(): Promise<void> {
    return this.#watched.close();
  }
}
