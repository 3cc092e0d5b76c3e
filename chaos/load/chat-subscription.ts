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
  /** Places that were heard on this connection, and on those before it. */
  readonly #here: string[] = [];
  readonly #before = new Set<string>();
  #newest: Position | undefined;
  #hasJoined = false;
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
    for (const place of this.#here.splice(0)) this.#before.add(place);
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
    if (!this.#hasJoined) this.#account.joined({ epoch, offset });
    // Its session was over: the welcome says so, and it begins anew.
    else if (!recovered || (isFirst && !this.#isResumed)) this.#account.reset({ epoch, offset });
    else return;
    this.#hasJoined = true;
    this.#connection?.subscribed({ epoch, offset });
  }

  heard({ channel, epoch, offset, data }: MessageFrame): void {
    if (channel !== this.channel) return;
    this.#connection?.sent(offset);
    // What came behind the last confirmed place may come twice, on a later connection [resume-4].
    const place = `${epoch}:${offset}`;
    if (this.#before.has(place)) return;
    if (this.#here.length === 0) this.#seeWhatIsGone({ epoch, offset });
    this.#here.push(place);
    this.#newest = { epoch, offset };
    this.#books.heard(this.#account, { epoch, offset }, data);
  }

  /**
   * What came behind the confirmed place of a connection that broke off, and was then lost by Redis, is known to nobody but
   * this client: all that it is told is that the offset comes again in another epoch.
   */
  #seeWhatIsGone({ epoch, offset }: Position): void {
    const newest = this.#newest;
    if (newest === undefined || epoch === newest.epoch || offset > newest.offset) return;
    const isTold = this.#account.marks.at(-1)?.before === this.#account.messages.length;
    if (!isTold) this.#account.reset({ epoch, offset: offset - 1 });
  }
}
