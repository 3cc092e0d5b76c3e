import type { MessageFrame, Position, SubscribedFrame } from '../../services/protocol/frames.js';
import type { ConnectionAccount } from '../../services/ledger/connection-account.js';
import type { Account } from '../../services/ledger/record.js';
import type { Books } from './books.js';
import type { Hearing } from './hearing.js';

/** One channel of a plain client: its position, and an account of what it heard. */
export class PlainSubscription implements Hearing {
  readonly channel: string;
  readonly #account: Account;
  readonly #books: Books;
  #connection: ConnectionAccount | undefined;
  #position: Position | undefined;
  #isLive = false;

  constructor(account: Account, books: Books) {
    this.channel = account.channel.name;
    this.#account = account;
    this.#books = books;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  begin(): void {
    this.#isLive = false;
    this.#connection = this.#account.connection();
  }

  welcomed(): string {
    const id = `subscribe-${this.channel}`;
    return JSON.stringify({ type: 'subscribe', channel: this.channel, recover: this.#position, id });
  }

  subscribed({ channel, epoch, offset, recovered }: SubscribedFrame): void {
    if (channel !== this.channel) return;
    this.#isLive = true;
    const position = { epoch, offset };
    if (this.#position === undefined) this.#account.joined(position);
    else if (!recovered) this.#account.reset(position);
    if (this.#position === undefined || !recovered) this.#position = position;
    this.#connection?.subscribed(this.#position);
  }

  heard({ channel, epoch, offset, data }: MessageFrame): void {
    if (channel !== this.channel) return;
    this.#position = { epoch, offset };
    this.#connection?.sent(offset);
    this.#books.heard(this.#account, { epoch, offset }, data);
  }
}
