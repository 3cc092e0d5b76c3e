import { checkConnections } from '../services/ledger/check-connection.js';
import { verdict, type Verdict } from '../services/ledger/check.js';
import { Findings, SubscriberFindings } from '../services/ledger/findings.js';
import { cutPublications } from './cut-publications.js';
import type { Books } from './load/books.js';

/** What the books of a run come to. */
export type Judgement = Verdict &
  Readonly<{
    published: number;
    /** Holes in what one connection was sent. They are among `lost`. */
    silentGaps: number;
    /** Acked publications that Redis itself lost, with a life of the log that took their place. */
    cut: number;
    unknown: number;
  }>;

export const judge = (books: Books): Judgement => {
  const cut = cutPublications(books.publications, books.accounts);
  const kept = books.publications.filter((publication) => !cut.has(publication));
  const gaps = new Findings();
  for (const account of books.accounts) checkConnections(account, new SubscriberFindings(gaps));
  return {
    ...verdict(kept, books.accounts),
    published: books.publications.length,
    acked: books.count('acked'),
    silentGaps: gaps.counts.lost,
    cut: cut.size,
    unknown: books.count('unknown'),
  };
};

/** What breaks a promise, in words. */
export const breaches = (judgement: Judgement, mayLoseLog: boolean): readonly string[] => {
  const { lost, duplicated, outOfOrder, cut, examples } = judgement;
  const words: string[] = [];
  if (lost > 0) words.push(`${lost} acked publications were lost: not delivered and not told`);
  if (duplicated > 0) words.push(`${duplicated} came twice`);
  if (outOfOrder > 0) words.push(`${outOfOrder} came out of order`);
  if (cut > 0 && !mayLoseLog)
    words.push(`${cut} acked publications are gone from the log, and no fault took them from Redis`);
  return words.length === 0 ? words : [...words, ...examples.map((example) => `  ${example}`)];
};
