import { checkConnections } from '../services/ledger/check-connection.js';
import { verdict, type Verdict } from '../services/ledger/check.js';
import { timeOf } from '../services/ledger/clock.js';
import { Findings, SubscriberFindings } from '../services/ledger/findings.js';
import { cutChannels, cutPublications } from './cut-publications.js';
import type { ChannelRecord } from '../services/ledger/record.js';
import type { Books } from './load/books.js';

const EXAMPLES = 10;

/** What the books of a run come to. */
export type Judgement = Verdict &
  Readonly<{
    published: number;
    /** Holes in what one connection was sent. They are among `lost`. */
    silentGaps: number;
    /** Acked publications that Redis itself lost, with a life of the log that took their place. */
    cut: number;
    unknown: number;
    /** Resets, in words, that no loss of Redis explains. They are among `told`. */
    toldForNothing: readonly string[];
  }>;

/** A time in which a fault may have taken the end of the log from Redis, until all had healed. Of the ledger's clock. */
export type LossWindow = Readonly<{ fromMs: number; toMs: number }>;

export const judge = (books: Books, losses: readonly LossWindow[]): Judgement => {
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
    toldForNothing: toldForNothing(books, losses),
  };
};

/**
 * [order-3]: who is told that the order broke must have had a reason, and the only one here is that Redis lost something
 * of this channel, in a fault that may make it lose something.
 */
const toldForNothing = ({ publications, accounts }: Books, losses: readonly LossWindow[]): readonly string[] => {
  const cut = cutChannels(publications, accounts);
  const hadReason = (channel: ChannelRecord, told: number): boolean =>
    cut.has(channel) && losses.some(({ fromMs, toMs }) => told >= fromMs && told <= toMs);
  return accounts.flatMap(({ marks, subscriber, channel }) =>
    marks
      .filter(({ kind, atMs }) => kind === 'reset' && !hadReason(channel, atMs))
      .map(
        ({ epoch, offset, atMs }) =>
          `${subscriber} on ${channel.name} was told at ${timeOf(atMs)} that it goes on behind offset ${offset} of ${epoch}`,
      ),
  );
};

/** What breaks a promise, in words. */
export const breaches = (judgement: Judgement, losses: readonly LossWindow[]): readonly string[] => {
  const { lost, duplicated, outOfOrder, cut, neverJoined, toldForNothing, examples } = judgement;
  const words: string[] = [];
  if (lost > 0) words.push(`${lost} acked publications were lost: not delivered and not told`);
  if (duplicated > 0) words.push(`${duplicated} came twice`);
  if (outOfOrder > 0) words.push(`${outOfOrder} came out of order`);
  if (cut > 0 && losses.length === 0)
    words.push(`${cut} acked publications are gone from the log, and no fault took them from Redis`);
  if (neverJoined > 0) words.push(`${neverJoined} subscribers never joined`);
  if (toldForNothing.length > 0) {
    words.push(
      `${toldForNothing.length} times a subscriber was told that the order broke, and Redis had lost nothing`,
      ...toldForNothing.slice(0, EXAMPLES).map((example) => `  ${example}`),
    );
  }
  return words.length === 0 ? words : [...words, ...examples.map((example) => `  ${example}`)];
};
