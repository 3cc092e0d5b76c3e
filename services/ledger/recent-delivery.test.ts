import { expect, test } from 'vitest';
import { RecentDelivery } from './recent-delivery.js';

const START = 1_000_000;

test('the 99th percentile of the last two seconds, to the millisecond', () => {
  const recent = new RecentDelivery();
  for (let ms = 1; ms <= 100; ms += 1) recent.add(START + ms, ms);
  expect(recent.p99(START + 200)).toBe(99);
});

test('what is older does not count, and nothing is zero', () => {
  const recent = new RecentDelivery();
  expect(recent.p99(START)).toBe(0);
  recent.add(START, 900);
  expect(recent.p99(START + 1_000)).toBe(900);
  recent.add(START + 2_500, 3);
  expect(recent.p99(START + 2_500)).toBe(3);
  expect(recent.p99(START + 9_000)).toBe(0);
});

test('what took longer than the scale is at its end', () => {
  const recent = new RecentDelivery();
  recent.add(START, 60_000);
  expect(recent.p99(START)).toBe(5_000);
});
