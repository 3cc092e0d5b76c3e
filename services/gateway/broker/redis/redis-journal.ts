import type { Journal, JournalEntry, JournalName } from '../journal.js';
import { journalKey } from './keys.js';
import type { Publisher } from './publisher.js';

/** A journal as a sorted set in Redis: texts by their times. */
export class RedisJournal implements Journal {
  readonly #publisher: Publisher;

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  async add(name: JournalName, entry: JournalEntry, { keep, keepMs }: Readonly<{ keep: number; keepMs: number }>) {
    const key = journalKey(name);
    await this.#publisher.use((client) =>
      client
        .multi()
        .zadd(key, entry.atMs, entry.text)
        .zremrangebyrank(key, 0, -(keep + 1))
        .pexpire(key, Math.ceil(keepMs))
        .exec(),
    );
  }

  all(name: JournalName): Promise<readonly string[]> {
    return this.#publisher.use((client) => client.zrange(journalKey(name), '0', '-1'));
  }
}
