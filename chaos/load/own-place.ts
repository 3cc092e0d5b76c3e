import type { Position, SubscribedFrame } from '../../services/protocol/frames.js';
import type { Account } from '../../services/ledger/record.js';
import type { PlaceKeeper } from './channel-hearing.js';

/** The client of `/ws` keeps its place itself, and recovers from it by hand. */
export class OwnPlace implements PlaceKeeper {
  readonly #account: Account;
  #place: Position | undefined;

  constructor(account: Account) {
    this.#account = account;
  }

  begin(): void {
    // A place outlives its connection.
  }

  welcomed(): string {
    const channel = this.#account.channel.name;
    return JSON.stringify({ type: 'subscribe', channel, recover: this.#place, id: `subscribe-${channel}` });
  }

  subscribed({ epoch, offset, recovered }: SubscribedFrame): Position {
    const newest = { epoch, offset };
    if (this.#place === undefined) this.#account.joined(newest);
    else if (recovered) return this.#place;
    else this.#account.reset(newest);
    this.#place = newest;
    return newest;
  }

  isNews(place: Position): true {
    this.#place = place;
    return true;
  }
}
