import type { MessageFrame, Position, SubscribedFrame } from '../../services/protocol/frames.js';
import type { ConnectionAccount } from '../../services/ledger/connection-account.js';
import type { Account } from '../../services/ledger/record.js';
import type { Books } from './books.js';

/** Who knows how far a client has come in its channel, and what that makes of what it is sent. Keeps its account's marks. */
export interface PlaceKeeper {
  /** A new connection is being opened. */
  begin(): void;
  /** Gives the frame that asks for the channel, where it has to be asked for. */
  welcomed(resumed: boolean): string | undefined;
  /** Gives the place that the first message behind it follows; undefined: nobody knows. @param isFirst on this connection */
  subscribed(frame: SubscribedFrame, isFirst: boolean): Position | undefined;
  /** Whether the client takes it for news. */
  isNews(place: Position): boolean;
}

/** One channel of a plain client, over all its connections. */
export class ChannelHearing {
  readonly #account: Account;
  readonly #books: Books;
  readonly #keeper: PlaceKeeper;
  #connection: ConnectionAccount | undefined;
  #isLive = false;

  constructor(account: Account, books: Books, keeper: PlaceKeeper) {
    this.#account = account;
    this.#books = books;
    this.#keeper = keeper;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** A new connection is being opened. */
  begin(): void {
    this.#isLive = false;
    this.#connection = this.#account.connection();
    this.#keeper.begin();
  }

  /** Gives the frame that asks for the channel, where it has to be asked for. */
  welcomed(resumed: boolean): string | undefined {
    return this.#keeper.welcomed(resumed);
  }

  subscribed(frame: SubscribedFrame): void {
    if (frame.channel !== this.#account.channel.name) return;
    const isFirst = !this.#isLive;
    this.#isLive = true;
    const follows = this.#keeper.subscribed(frame, isFirst);
    if (follows !== undefined) this.#connection?.subscribed(follows);
  }

  heard({ channel, epoch, offset, data }: MessageFrame): void {
    if (channel !== this.#account.channel.name) return;
    this.#connection?.sent(offset);
    if (this.#keeper.isNews({ epoch, offset })) this.#books.heard(this.#account, { epoch, offset }, data);
  }
}
