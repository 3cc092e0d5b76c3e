import { Client, PublishRefused, type Position } from '../../services/client/node.js';
import type { JsonValue } from '../../services/protocol/frames.js';
import type { Account } from '../../services/ledger/record.js';
import type { Books } from './books.js';
import { RefusedPublish, type Acked, type Participant, type Watcher } from './participant.js';

export type LibraryClientOptions = Readonly<{
  url: string;
  name: string;
  accounts: readonly Account[];
  books: Books;
  watcher: Watcher;
}>;

const BACK_OFF = { minMs: 100, maxMs: 2_000 };

/** A client as applications have it: the client library. */
export class LibraryClient implements Participant {
  readonly name: string;
  readonly #client: Client;
  readonly #ready: Promise<unknown>;
  #isClosing = false;

  constructor({ url, name, accounts, books, watcher }: LibraryClientOptions) {
    this.name = name;
    this.#client = new Client({ url, clientId: name, backoff: BACK_OFF });
    this.#watch(watcher);
    this.#ready = Promise.all(accounts.map((account) => this.#subscribe(account, books)));
  }

  get isLive(): boolean {
    return this.#client.state === 'live' || this.#client.state === 'moving';
  }

  get state(): string {
    return this.#client.state;
  }

  async ready(): Promise<void> {
    await this.#ready;
  }

  async publish(channel: string, data: JsonValue): Promise<Acked> {
    try {
      return await this.#client.publish(channel, data);
    } catch (error) {
      throw error instanceof PublishRefused ? new RefusedPublish(error.code) : error;
    }
  }

  close(): Promise<void> {
    this.#isClosing = true;
    return this.#client.close();
  }

  async #subscribe(account: Account, books: Books): Promise<void> {
    const { ready } = this.#client.subscribe(
      account.channel.name,
      ({ epoch, offset, data }) => books.heard(account, { epoch, offset }, data),
      { onReset: (position: Position) => account.reset(position) },
    );
    // Nobody publishes before everybody has subscribed: no message can come between.
    account.joined(await ready);
  }

  #watch(watcher: Watcher): void {
    const { name } = this;
    this.#client.on('opened', ({ resumed, color, worker, move }) =>
      watcher.note(name, `on ${color}-${worker}${resumed ? ', resumed' : ''}${move ? ', moving' : ''}`),
    );
    this.#client.on('ended', ({ code, reason, welcomed }) =>
      watcher.note(name, `${welcomed ? 'closed' : 'not let in'}: ${code} ${reason}`),
    );
    this.#client.on('error', (code, message) => watcher.note(name, `error ${code}: ${message}`));
    this.#client.on('closed', (code, reason) => {
      if (!this.#isClosing) watcher.wrong(`${name} was closed for good with ${code} ${reason}`);
    });
  }
}
