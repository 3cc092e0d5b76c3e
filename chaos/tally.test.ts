import { expect, test } from 'vitest';
import { judge } from './judgement.js';
import { Books } from './load/books.js';
import { Tally } from './tally.js';

test('the table has the kinds that never struck, and the closing line counts those that did', () => {
  const tally = new Tally(() => undefined, ['redis-kill', 'promote', 'nginx-kill']);
  tally.struck('promote', '', 10);
  tally.healed(['promote'], 1_500);
  tally.struck('nginx-kill', '', 10);
  expect(tally.table(judge(new Books(['c']), [])).slice(1, 5)).toEqual([
    '  fault                  times   healed after',
    '  redis-kill                 0   –',
    '  promote                    1   1.5 s (most 1.5 s)',
    '  nginx-kill                 1   –',
  ]);
  expect(tally.coverage).toBe('2 of 3 kinds struck');
});
