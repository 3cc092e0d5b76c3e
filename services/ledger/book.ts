import { now } from './clock.js';
import { verdict, type Verdict } from './check.js';
import type { Outcome, Publication } from './events.js';
import { ChannelRecord, type Account } from './record.js';
import type { Mishaps } from './mishaps.js';

/** The record of a ledger while it is being written. */
export class Book {
  readonly accounts: Account[] = [];
  readonly #publications: Publication[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #channels = new Map<string, ChannelRecord>();
  #unanswered = 0;

  get publications(): readonly Publication[] {
    return this.#publications;
  }

  /** Publications that were neither acked nor refused so far. */
  get unanswered(): number {
    return this.#unanswered;
  }

  account(channel: string, subscriber: string): Account {
    let record = this.#channels.get(channel);
    if (record === undefined) {
      record = new ChannelRecord(channel);
      this.#channels.set(channel, record);
    }
    const account = record.account(subscriber);
    this.accounts.push(account);
    return account;
  }

  /** To be called right before the publish. */
  published(channel: string, id: string): void {
    this.#numbers.set(id, this.#publications.length);
    this.#publications.push({ channel, id, sentAtMs: now(), outcome: { kind: 'unknown' } });
    this.#unanswered += 1;
  }

  answered(id: string, outcome: Outcome): void {
    const number = this.#numbers.get(id) ?? -1;
    const publication = this.#publications[number];
    if (publication === undefined || publication.outcome.kind !== 'unknown') return;
    this.#publications[number] = { ...publication, outcome };
    this.#unanswered -= 1;
  }

  /** Undefined: no publication of this record. */
  sentAtMs(id: string): number | undefined {
    return this.#publications[this.#numbers.get(id) ?? -1]?.sentAtMs;
  }

  verdict(mishaps: Mishaps): Verdict {
    return verdict(this.#publications, this.accounts, mishaps.refusedOnTheWay);
  }
}
