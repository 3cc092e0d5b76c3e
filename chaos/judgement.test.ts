import { beforeEach, describe, expect, test } from 'vitest';
import { breaches, judge, type LossWindow } from './judgement.js';
import { Books } from './load/books.js';

let books: Books;
beforeEach(() => {
  books = new Books(['c']);
  const account = books.account('plain-1', 'c');
  account.joined({ epoch: 'a', offset: 0 }, 500);
  for (const offset of [1, 2, 3, 4]) account.heard({ epoch: 'a', offset, id: `a-${offset}`, atMs: 600 });
  account.reset({ epoch: 'b', offset: 3 }, 1_000);
});

const found = (losses: readonly LossWindow[]) => {
  const judgement = judge(books, losses);
  return { told: judgement.told, forNothing: judgement.toldForNothing.length, words: breaches(judgement, losses) };
};

describe('[order-3] who was told that the order broke', () => {
  test.each<LossWindow>([
    { fromMs: 1_000, toMs: 2_000 },
    { fromMs: 0, toMs: 1_000 },
    { fromMs: 900, toMs: Infinity },
  ])('had a reason where Redis may have lost something: %j', (loss) => {
    expect(found([{ fromMs: 0, toMs: 1 }, loss])).toEqual({ told: 1, forNothing: 0, words: [] });
  });

  test.each<[readonly LossWindow[]]>([
    [[]],
    [[{ fromMs: 1_001, toMs: 2_000 }]],
    [
      [
        { fromMs: 0, toMs: 999 },
        { fromMs: 1_200, toMs: 1_300 },
      ],
    ],
  ])('had none at another time: %j', (losses) => {
    expect(found(losses)).toEqual({
      told: 1,
      forNothing: 1,
      words: [
        '1 times a subscriber was told that the order broke, and Redis had lost nothing',
        '  plain-1 on c was told at 1970-01-01T00:00:01.000Z that it goes on behind offset 3 of b',
      ],
    });
  });

  test('had none where Redis was killed and kept everything of the channel', () => {
    books = new Books(['c']);
    const account = books.account('plain-1', 'c');
    account.joined({ epoch: 'a', offset: 0 }, 500);
    for (const offset of [1, 2, 3]) account.heard({ epoch: 'a', offset, id: `a-${offset}`, atMs: 600 });
    account.reset({ epoch: 'b', offset: 3 }, 1_000);
    account.heard({ epoch: 'b', offset: 4, id: 'b-4', atMs: 1_100 });
    expect(found([{ fromMs: 0, toMs: 2_000 }])).toMatchObject({ told: 1, forNothing: 1 });
  });
});
