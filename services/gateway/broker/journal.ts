/** What is written down: steps of deploys, and what administrators did. */
export type JournalName = 'deploys' | 'administrators';

/** Something that happened: when, ms since 1970, and what, as text. */
export type JournalEntry = Readonly<{ atMs: number; text: string }>;

/**
 * What an operator wants to see again after the workers that saw it have ended; shared by all workers. Every method throws
 * BrokerUnavailable.
 */
export interface Journal {
  /**
   * Keeps it among the `keep` latest ones; all of them are forgotten when nothing was added for `keepMs`. Two entries with
   * the same text are one, so that each of the workers that saw it may write it down.
   */
  add(name: JournalName, entry: JournalEntry, options: Readonly<{ keep: number; keepMs: number }>): Promise<void>;
  /** The texts that are kept, in the order of their times. */
  all(name: JournalName): Promise<readonly string[]>;
}
