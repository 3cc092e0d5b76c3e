import type { Journal, JournalEntry, JournalName } from '../journal.js';
import type { MemoryStore } from './store.js';

/** A journal in memory. */
export class MemoryJournal implements Journal {
  readonly #reach: () => Promise<MemoryStore>;

  constructor(reach: () => Promise<MemoryStore>) {
    this.#reach = reach;
  }

  async add(name: JournalName, entry: JournalEntry, { keep, keepMs }: Readonly<{ keep: number; keepMs: number }>) {
    const store = await this.#reach();
    const others = kept(store, name).filter(({ text }) => text !== entry.text);
    const entries = [...others, entry].toSorted((a, b) => a.atMs - b.atMs).slice(-keep);
    store.journals.set(name, { entries, expiresMs: store.now() + keepMs });
  }

  async all(name: JournalName): Promise<readonly string[]> {
    return kept(await this.#reach(), name).map(({ text }) => text);
  }
}

const kept = ({ journals, now }: MemoryStore, name: JournalName): readonly JournalEntry[] => {
  const journal = journals.get(name);
  return journal === undefined || now() >= journal.expiresMs ? [] : journal.entries;
};
