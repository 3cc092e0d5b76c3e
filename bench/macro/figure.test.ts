import { expect, test } from 'vitest';
import { verdictOf } from './figure.js';

const figure = { bench: 'echo', name: 'CPU', unit: '×', ratio: true };

test('a target is met up to its bound, and not beyond', () => {
  expect(verdictOf({ ...figure, value: 1.25, atMost: 1.25 })).toBe('met');
  expect(verdictOf({ ...figure, value: 1.26, atMost: 1.25 })).toBe('not met');
  expect(verdictOf({ ...figure, value: 10, atLeast: 10 })).toBe('met');
  expect(verdictOf({ ...figure, value: 9, atLeast: 10 })).toBe('not met');
});

test('what could not be measured is not met; what has no target is not judged', () => {
  expect(verdictOf({ ...figure, value: Number.NaN, atMost: 1 })).toBe('not met');
  expect(verdictOf({ ...figure, value: 7 })).toBe('');
});
