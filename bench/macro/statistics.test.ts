import { expect, test } from 'vitest';
import { median, medianRatio, spread } from './statistics.js';

test('the median is the middle one, whatever their order, or the mean of the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 2, 4, 8])).toBe(6);
  expect(median([])).toBeNaN();
});

test('rounds are as far apart as the furthest two, as a share of the median', () => {
  expect(spread([9, 10, 12])).toBeCloseTo(0.3);
  expect(spread([7])).toBe(0);
});

test('a ratio is of the same round: a slow round slows both', () => {
  expect(medianRatio([10, 100, 11], [5, 50, 10])).toBe(2);
});

test('a round that the other did not have is no ratio', () => {
  expect(medianRatio([10], [])).toBeNaN();
});
