import type { Position, SubscribedFrame } from '../../services/protocol/frames.js';
import type { Account } from '../../services/ledger/record.js';
import type { PlaceKeeper } from './channel-hearing.js';

/** A client of `/ws/chat/` remembers nothing: the server keeps its place. */
export class ServerKeptPlace implements PlaceKeeper {
  readonly #account: Account;
  /** Places that were heard on this connection, and on those before it. */
  readonly #here: string[] = [];
  readonly #before = new Set<string>();
  #newest: Position | undefined;
  #hasJoined = false;
  #isResumed = false;

  constructor(account: Account) {
    this.#account = account;
  }

  begin(): void {
    for (const place of this.#here.splice(0)) this.#before.add(place);
  }

  /** The server subscribes it by itself [chat-1]. */
  welcomed(resumed: boolean): undefined {
    this.#isResumed = resumed;
  }

  subscribed({ epoch, offset, recovered }: SubscribedFrame, isFirst: boolean): Position | undefined {
    const newest = { epoch, offset };
    if (!this.#hasJoined) this.#account.joined(newest);
    // Its session was over: the welcome says so, and it begins anew.
    else if (!recovered || (isFirst && !this.#isResumed)) this.#account.reset(newest);
    else return undefined;
    this.#hasJoined = true;
    return newest;
  }

  /** What came behind the last confirmed place may come twice, on a later connection [resume-4]. */
  isNews({ epoch, offset }: Position): boolean {
    const place = `${epoch}:${offset}`;
    if (this.#before.has(place)) return false;
    if (this.#here.length === 0) this.#seeWhatIsGone({ epoch, offset });
    this.#here.push(place);
    this.#newest = { epoch, offset };
    return true;
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
