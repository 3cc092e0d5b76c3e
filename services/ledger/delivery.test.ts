import { expect, test } from 'vitest';
import { deliveryTimes } from './delivery.js';
import { Latencies } from './latencies.js';
import { accountsOf, acked, DELIVERY_MS, joined, message, PUBLISH_EVERY_MS } from './testing/runs.js';

test('percentiles are exact to a tenth of a millisecond', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 1_000; ms += 1) latencies.add(ms);
  const { count, p50, p99, max } = latencies.times();
  expect({ count, max }).toEqual({ count: 1_000, max: 1_000 });
  expect(p50).toBeCloseTo(500, 0);
  expect(p99).toBeCloseTo(990, 0);
});

test('what lies beyond the scale counts as the longest, and is told as the maximum', () => {
  const latencies = new Latencies();
  latencies.add(100_000);
  expect(latencies.times()).toMatchObject({ max: 100_000 });
});

test('nothing measured is zero', () => {
  expect(new Latencies().times()).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
});

test('only deliveries of what was published in the window count', () => {
  const publications = [1, 2, 3].map((offset) => acked(`e-${offset}`, 'e', offset));
  const accounts = accountsOf([[joined('e', 0), message('e', 1), message('e', 2), message('e', 3)]]);
  const window = { fromMs: 2 * PUBLISH_EVERY_MS, toMs: 3 * PUBLISH_EVERY_MS };
  expect(deliveryTimes(publications, accounts, window)).toMatchObject({ count: 1, max: DELIVERY_MS });
  expect(deliveryTimes(publications, accounts)).toMatchObject({ count: 3 });
});
