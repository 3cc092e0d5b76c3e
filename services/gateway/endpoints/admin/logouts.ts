import type { OtherWorkers } from '../../cluster/other-workers.js';
import type { Visitor } from './access.js';
import type { LiveFeed } from './live-feed.js';

const VERB = 'admin-logged-out';

/**
 * Ends the live views of a login that is over, on every worker of both colors. While Redis is away others do not hear of it:
 * there they end with the twelve hours.
 */
export class Logouts {
  readonly #others: OtherWorkers;
  readonly #feed: LiveFeed;

  constructor(others: OtherWorkers, feed: LiveFeed) {
    this.#others = others;
    this.#feed = feed;
    others.on(VERB, (login) => feed.loggedOut(login));
  }

  /** @param visitor who logged out */
  happened(visitor: Visitor | undefined): void {
    if (visitor?.kind !== 'admin') return;
    this.#feed.loggedOut(visitor.login);
    void this.#others.tell(VERB, visitor.login);
  }
}
