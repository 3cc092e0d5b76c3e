import { expect, test } from 'vitest';
import { EpochCandidates } from './epoch-candidates.js';

test('none is given twice, however many are asked for, here or by another', () => {
  const [one, other] = [new EpochCandidates(), new EpochCandidates()];
  const names = Array.from({ length: 5_000 }, () => [one.next(), other.next()]).flat();
  expect(new Set(names).size).toBe(10_000);
  expect(names.filter((name) => !/^[A-Za-z0-9_-]{12}$/.test(name))).toEqual([]);
});
