import { describe, expect, test } from 'vitest';
import type { Publication } from '../services/ledger/events.js';
import { ChannelRecord } from '../services/ledger/record.js';
import { cutPublications } from './cut-publications.js';

const CHANNEL = 'c';

const acked = (id: string, epoch: string, offset: number): Publication => ({
  channel: CHANNEL,
  id,
  sentAtMs: offset,
  outcome: { kind: 'acked', epoch, offset, duplicate: false, atMs: epoch === 'old' ? offset : 1_000 + offset },
});

const heardBy = (...places: readonly (readonly [string, number])[]) => {
  const account = new ChannelRecord(CHANNEL).account('reader');
  account.joined({ epoch: 'old', offset: 0 }, 0);
  for (const [epoch, offset] of places) {
    account.heard({ epoch, offset, id: `${epoch}-${offset}`, atMs: epoch === 'old' ? offset : 1_000 + offset });
  }
  return account;
};

const cut = (publications: readonly Publication[], account: ReturnType<typeof heardBy>): readonly string[] =>
  [...cutPublications(publications, [account])].map(({ id }) => id);

describe('what Redis lost', () => {
  const published = [acked('a', 'old', 1), acked('b', 'old', 2), acked('c', 'old', 3)];

  test('is what a later life gave the offset of', () => {
    expect(cut(published, heardBy(['old', 1], ['new', 2]))).toEqual(['b', 'c']);
  });

  test('is what a reset says is not there', () => {
    const account = heardBy(['old', 1], ['old', 2], ['old', 3]);
    account.reset({ epoch: 'new', offset: 1 }, 1_000);
    expect(cut(published, account)).toEqual(['b', 'c']);
  });

  test('is nothing where a later life only goes on', () => {
    expect(cut([...published, acked('d', 'new', 4)], heardBy(['old', 1], ['old', 2], ['old', 3], ['new', 4]))).toEqual(
      [],
    );
  });

  test('is nothing where a publication is only missing: that is for the checker', () => {
    expect(cut(published, heardBy(['old', 1], ['old', 3]))).toEqual([]);
  });
});
