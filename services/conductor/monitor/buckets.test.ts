import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { quantileOf } from '../../histogram/quantile.js';
import { bucketsOf, percentilesOf } from './buckets.js';
import { Exposition } from './exposition.js';
import { Growth } from './growth.js';

/** As a worker gives it: by prom-client, with labels. */
const observed = async (...values: readonly number[]): Promise<Exposition> => {
  const registry = new Registry();
  const histogram = new Histogram({
    name: 'h',
    help: 'h',
    buckets: [1, 2, 4],
    labelNames: ['of'],
    registers: [registry],
  });
  for (const [index, value] of values.entries()) histogram.observe({ of: index % 2 === 0 ? 'a' : 'b' }, value);
  return new Exposition(await registry.metrics());
};
const of = async (...values: readonly number[]) =>
  bucketsOf(new Growth([{ now: await observed(...values), before: undefined }]), 'h');

test('the buckets of all label sets are added up, in order', async () => {
  expect(await of(0.5, 1.5, 1.5, 3, 100)).toEqual([
    { bound: 1, count: 1 },
    { bound: 2, count: 3 },
    { bound: 4, count: 4 },
    { bound: Infinity, count: 5 },
  ]);
  expect(bucketsOf(new Growth([{ now: await observed(1), before: undefined }]), 'other')).toEqual([]);
});

test.each([
  ['in the middle of a bucket', [1.5, 1.5, 1.5, 1.5], 0.5, 1.5],
  ['from 0 in the first one', [0.1, 0.1], 0.5, 0.5],
  ['over an empty bucket', [0.5, 3, 3, 3], 0.5, 2 + 2 / 3],
  ['beyond the last bound, as that', [0.5, 100, 100], 0.99, 4],
])('a percentile is found %s', async (_, values, q, expected) => {
  expect(quantileOf(await of(...values), q)).toBeCloseTo(expected, 10);
});

test('of nothing there is none', () => {
  expect(quantileOf([], 0.5)).toBeUndefined();
  expect(percentilesOf([])).toBeUndefined();
  expect(percentilesOf([{ bound: Infinity, count: 0 }])).toBeUndefined();
});

test('what was before is not counted, and a histogram that was begun anew is new as a whole', async () => {
  const before = await observed(0.5, 0.5, 0.5, 0.5, 0.5);
  const since = async (...values: readonly number[]) =>
    bucketsOf(new Growth([{ now: await observed(...values), before }]), 'h');
  expect(percentilesOf(await since(0.5, 0.5, 0.5, 0.5, 0.5, 3))?.p50).toBe(3);
  expect((await since(3)).at(-1)?.count).toBe(1);
});
