import { z } from 'zod';
import { now } from '../../services/ledger/clock.js';
import type { Outcome, Place, Publication } from '../../services/ledger/events.js';
import { ChannelRecord, type Account } from '../../services/ledger/record.js';
import type { Acked } from './participant.js';

/** What every publication of the load carries; `pad` makes it large. */
export const Data = z.object({ id: z.string(), at: z.number(), pad: z.string() });
export type Data = z.infer<typeof Data>;

export type Entry = { -readonly [Field in keyof Publication]: Publication[Field] };

/** Keeps account of everything that was published and heard. */
export class Books {
  readonly publications: Entry[] = [];
  readonly accounts: Account[] = [];
  readonly #channels: ReadonlyMap<string, ChannelRecord>;
  /** When the newest publication that an account heard had been sent. */
  readonly #newest = new Map<Account, number>();
  #count = 0;

  constructor(channels: readonly string[]) {
    this.#channels = new Map(channels.map((name) => [name, new ChannelRecord(name)]));
  }

  get channels(): readonly string[] {
    return [...this.#channels.keys()];
  }

  account(subscriber: string, channel: string): Account {
    const record = this.#channels.get(channel);
    if (record === undefined) throw new Error(`the load has no channel ${channel}`);
    const account = record.account(subscriber);
    this.accounts.push(account);
    return account;
  }

  /** Something is about to be published: gives what it carries. */
  begin(channel: string, by: string, padding: number): Readonly<{ entry: Entry; data: Data }> {
    this.#count += 1;
    const id = `${by}/${this.#count}`;
    const sentAtMs = now();
    const entry: Entry = { channel, id, sentAtMs, outcome: { kind: 'unknown' } };
    this.publications.push(entry);
    return { entry, data: { id, at: sentAtMs, pad: '·'.repeat(padding / 2) } };
  }

  acked(entry: Entry, { epoch, offset, duplicate }: Acked): void {
    entry.outcome = { kind: 'acked', epoch, offset, duplicate, atMs: now() };
  }

  heard(account: Account, { epoch, offset }: Place, data: unknown): void {
    const { id, at } = Data.parse(data);
    account.heard({ epoch, offset, id, atMs: now() });
    this.#newest.set(account, Math.max(at, this.#newest.get(account) ?? 0));
  }

  /** Accounts that have heard nothing yet of what was sent after this time. */
  behind(sinceMs: number): readonly Account[] {
    return this.accounts.filter((account) => (this.#newest.get(account) ?? 0) <= sinceMs);
  }

  count(kind: Outcome['kind']): number {
    return this.publications.filter(({ outcome }) => outcome.kind === kind).length;
  }
}
