import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isClean, verdict } from './check.js';
import type { Publication } from './events.js';
import {
  accountsOf,
  acked,
  CHANNEL,
  heardTo,
  joined,
  judge,
  message,
  NOTHING,
  publications,
  reset,
} from './testing/runs.js';

describe('what a reset excuses [order-3]', () => {
  const skip = (from: number, to: number, position: number) => [
    joined('e', 0),
    ...heardTo('e', 20).filter(({ offset }) => offset < from),
    reset('e', position),
    ...heardTo('e', 20).filter(({ offset }) => offset > to),
  ];

  test('exactly what lies before its position', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(10),
        fc.integer({ min: -3, max: 3 }),
        (from, length, shift) => {
          const to = Math.min(20, from + length);
          const position = Math.min(20, Math.max(from - 1, to + shift));
          const result = judge({ publications: publications('e', 20), heard: [skip(from, to, position)] });
          expect(result).toMatchObject({ lost: Math.max(0, to - position), told: 1, duplicated: 0 });
        },
      ),
    );
  });

  test('of an earlier life everything, also at higher offsets: Redis came back older', () => {
    const after = [13, 14, 15, 16].map((offset) => acked(`f-${offset}`, 'f', offset, 1_000 + offset));
    const heard = [
      [joined('e', 0), ...heardTo('e', 10), reset('f', 12, 1_000), ...[13, 14, 15, 16].map((n) => message('f', n))],
    ];
    const result = judge({ publications: [...publications('e', 15), ...after], heard });
    expect(result).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('the same offset in another life after a reset is no duplicate', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), reset('f', 1), message('f', 2), message('f', 3)]];
    const lives = [...publications('e', 3), acked('f-2', 'f', 2, 100), acked('f-3', 'f', 3, 110)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('the same offset in another life without a reset is out of order: nobody said so', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), message('f', 3), message('f', 4)]];
    const lives = [...publications('e', 3), acked('f-3', 'f', 3, 100), acked('f-4', 'f', 4, 110)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, outOfOrder: 1 });
  });

  test('nothing of a later life, even if nobody heard a word of it', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 2), reset('e', 3, 30)]];
    const lives = [...publications('e', 3), acked('f-4', 'f', 4, 100)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1, lost: 1 });
  });

  test('nothing that was under way at the reset and was acked in a later life', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 2), reset('e', 2, 30)]];
    const late = { ...acked('f-3', 'f', 3, 25), outcome: { ...acked('f-3', 'f', 3).outcome, atMs: 100 } };
    expect(judge({ publications: [...publications('e', 2), late], heard })).toMatchObject({
      ...NOTHING,
      lost: 1,
      told: 1,
    });
  });

  test('an ack that is heard of late makes no life later', () => {
    const heard = [[joined('e', 0), message('e', 1), reset('f', 1, 50)]];
    const late = { ...acked('e-2', 'e', 2), outcome: { ...acked('e-2', 'e', 2).outcome, atMs: 60 } };
    expect(judge({ publications: [acked('e-1', 'e', 1), late], heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('a life that only its publisher saw, between two that the subscriber was told of', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), reset('g', 3, 200), message('g', 4)]];
    const lives = [...publications('e', 3), acked('f-4', 'f', 4, 100), acked('g-4', 'g', 4, 210)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('an offset of the same life that comes again behind a reset is a duplicate all the same', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), reset('e', 1), message('e', 3)]];
    expect(judge({ publications: publications('e', 3), heard })).toMatchObject({ duplicated: 1, told: 1 });
  });

  test('a publication that was refused by a Redis that fell back, and published again there, is heard twice, rightly', () => {
    const heard = [
      [
        joined('e', 0),
        message('e', 1, 'x'),
        message('e', 2, 'y'),
        reset('f', 1),
        message('f', 2, 'z'),
        message('f', 3, 'y'),
      ],
    ];
    const lives = [acked('x', 'e', 1), acked('z', 'f', 2, 100), acked('y', 'f', 3, 110)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('the same in another life without a reset is a duplicate', () => {
    const heard = [[joined('e', 0), message('e', 1, 'x'), message('f', 2, 'x')]];
    expect(judge({ publications: [acked('x', 'e', 1)], heard })).toMatchObject({ ...NOTHING, duplicated: 1 });
  });
});

describe('who is expected to hear what', () => {
  test('nobody what was there when it joined', () => {
    const heard = [[joined('e', 5)], [joined('f', 5, 500)]];
    expect(judge({ publications: publications('e', 5), heard })).toMatchObject(NOTHING);
  });

  test('who never joined, nothing: but it is counted, since it proves nothing', () => {
    const result = judge({ publications: publications('e', 5), heard: [[], [joined('e', 0), ...heardTo('e', 5)]] });
    expect(result).toMatchObject({ ...NOTHING, neverJoined: 1 });
    expect(isClean(result, 0)).toBe(false);
  });

  test('everybody what was published after it joined, even where its join names a place far ahead', () => {
    const result = judge({ publications: publications('e', 3), heard: [[joined('e', 1_000, 15)]] });
    expect(result).toMatchObject({ ...NOTHING, lost: 2 });
  });

  test('everybody what was published after a reset, even where that names a place far ahead', () => {
    const heard = [[joined('e', 0), message('e', 1), reset('e', 1_000, 20)]];
    expect(judge({ publications: publications('e', 4), heard })).toMatchObject({ ...NOTHING, lost: 2, told: 1 });
  });

  test('nobody what was refused, or not answered', () => {
    const events = [joined('e', 0), message('e', 1), message('e', 2, 'u')];
    const result = verdict(
      [
        acked('e-1', 'e', 1),
        { channel: CHANNEL, id: 'u', sentAtMs: 5, outcome: { kind: 'unknown' } },
        { channel: CHANNEL, id: 'r', sentAtMs: 6, outcome: { kind: 'refused', code: 'overloaded' } },
      ],
      accountsOf([events]),
      2,
    );
    expect(result).toMatchObject({ ...NOTHING, acked: 1, delivered: 2, refused: 3 });
    expect(isClean(result, 0)).toBe(false);
  });

  test('nobody what was published in another channel', () => {
    const other: Publication = { ...acked('x', 'e', 1), channel: 'ledger:1' };
    expect(judge({ publications: [other], heard: [[joined('e', 0)]] })).toMatchObject({ ...NOTHING, acked: 1 });
  });
});
