import type { MessageFrame, Position, SubscribedFrame } from '../../services/protocol/frames.js';
import type { ConnectionAccount } from '../../services/ledger/connection-account.js';
import type { Account } from '../../services/ledger/record.js';
import type { Books } from './books.js';
import type { Hearing } from './hearing.js';

/** The channel of a client of `/ws/chat/`, which remembers nothing: the server keeps its place. */
export class ChatSubscription implements Hearing {
  readonly channel: string;
  readonly #account: Account;
  readonly #books: Books;
  #connection: ConnectionAccount | undefined;
  #newest: Position | undefined;
  #isResumed = false;
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

  /** The server subscribes it by itself [chat-1]. */
  welcomed(resumed: boolean): undefined {
    this.#isResumed = resumed;
  }

  subscribed({ channel, epoch, offset, recovered }: SubscribedFrame): void {
    if (channel !== this.channel) return;
    const isFirst = !this.#isLive;
    this.#isLive = true;
    if (this.#newest === undefined) this.#account.joined({ epoch, offset });
    // Its session was over: the welcome says so, and it begins anew.
    else if (!recovered || (isFirst && !this.#isResumed)) this.#account.reset({ epoch, offset });
    else return;
    this.#newest = { epoch, offset };
    this.#connection?.subscribed({ epoch, offset });
  }

  heard({ channel, epoch, offset, data }: MessageFrame): void {
    if (channel !== this.channel) return;
    this.#connection?.sent(offset);
    // What came behind the last confirmed place may come twice, with the same offset [resume-4].
    if (this.#newest?.epoch === epoch && offset <= this.#newest.offset) return;
    this.#newest = { epoch, offset };
    this.#books.heard(this.#account, { epoch, offset }, data);
  }
}
