import { AccountCheck } from './check-account.js';
import { checkConnections } from './check-connection.js';
import { deliveryTimes } from './delivery.js';
import type { Publication } from './events.js';
import { Findings, SubscriberFindings, type Fault } from './findings.js';
import { isAcked, Lives, type Acked } from './lives.js';
import type { Account, ChannelRecord } from './record.js';

/** What a ledger comes to. docs/LEDGER.md says each word at length. */
export type Verdict = Readonly<{
  /** Publications that were acked. */
  acked: number;
  /** Messages that subscribers heard, all together. */
  delivered: number;
  /** Acked publications, for each subscriber, behind its join: not heard, and not told by a reset. */
  lost: number;
  /** Offsets (of one life) that one subscriber heard twice, and publications that the log holds at two offsets. */
  duplicated: number;
  /** Offsets that were lower than one heard before, without a word of the server. */
  outOfOrder: number;
  /** Publishes and handshakes that the server refused. */
  refused: number;
  /** Resets: the server said that the order broke. */
  told: number;
  /** Subscribers that never joined: nothing was expected of them, and they prove nothing. */
  neverJoined: number;
  /** From the call to publish to the delivery, in ms. */
  deliveryMs: Readonly<{ p50: number; p99: number; max: number }>;
  /** The first faults in words, at most ten. */
  examples: readonly string[];
  /** Of each kind of fault that there is: where the first one was, in words. */
  first: Readonly<Partial<Record<Fault, string>>>;
}>;

/** Decides; changes nothing. Accounts of one channel made by one ChannelRecord share its memory. */
export const verdict = (
  publications: readonly Publication[],
  accounts: readonly Account[],
  handshakesRefused = 0,
): Verdict => {
  const findings = new Findings();
  for (const [channel, ofChannel] of byChannel(accounts)) {
    const acked = publications.filter((publication) => publication.channel === channel.name).filter(isAcked);
    checkChannel(channel, ofChannel, acked, findings);
  }
  const { p50, p99, max } = deliveryTimes(publications, accounts);
  return {
    acked: publications.filter(isAcked).length,
    delivered: accounts.reduce((sum, { messages }) => sum + messages.length, 0),
    ...findings.counts,
    refused: handshakesRefused + publications.filter(({ outcome }) => outcome.kind === 'refused').length,
    told: accounts.reduce((sum, { marks }) => sum + marks.filter(({ kind }) => kind === 'reset').length, 0),
    neverJoined: accounts.filter(({ marks }) => marks.length === 0).length,
    deliveryMs: { p50, p99, max },
    examples: findings.examples,
    first: findings.first,
  };
};

/**
 * Nothing lost, duplicated, out of order or refused, every publish answered, everybody joined, and something acked: of
 * nothing, nothing is known. What was told is no breach of a promise.
 */
export const isClean = (
  { acked, lost, duplicated, outOfOrder, refused, neverJoined }: Verdict,
  unanswered: number,
): boolean => acked > 0 && lost + duplicated + outOfOrder + refused + neverJoined + unanswered === 0;

const checkChannel = (
  channel: ChannelRecord,
  accounts: readonly Account[],
  acked: readonly Acked[],
  findings: Findings,
): void => {
  const check = new AccountCheck(channel.places, new Lives(channel.places, acked), acked);
  for (const account of accounts) {
    const ofSubscriber = new SubscriberFindings(findings);
    check.check(account, ofSubscriber);
    checkConnections(account, ofSubscriber);
  }
  checkLoggedOnce(channel, acked, findings);
};

/** [once-1]: one id, one offset in a life of the log. */
const checkLoggedOnce = ({ name, places }: ChannelRecord, acked: readonly Acked[], findings: Findings): void => {
  const offsetsOf = new Map<string, Set<number>>();
  const logged = (id: string, epoch: string, offset: number): void => {
    const key = `${epoch} ${id}`;
    const offsets = offsetsOf.get(key);
    if (offsets === undefined) offsetsOf.set(key, new Set([offset]));
    else if (!offsets.has(offset)) {
      findings.add('duplicated', {
        words: () => `id ${id} is logged twice in ${name}: at offsets ${[...offsets].join(', ')}, ${offset}`,
        where: () => `in the log of ${name}`,
      });
      offsets.add(offset);
    }
  };
  for (const { id, outcome } of acked) logged(id, outcome.epoch, outcome.offset);
  for (const [message, offset] of places.offsets.entries()) {
    logged(places.idOf(message), places.epochOf(message), offset);
  }
};

const byChannel = (accounts: readonly Account[]): ReadonlyMap<ChannelRecord, readonly Account[]> => {
  const groups = new Map<ChannelRecord, Account[]>();
  for (const account of accounts) {
    const group = groups.get(account.channel);
    if (group === undefined) groups.set(account.channel, [account]);
    else group.push(account);
  }
  return groups;
};
