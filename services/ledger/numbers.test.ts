import { expect, test } from 'vitest';
import { Numbers } from './numbers.js';

test('it grows, and forgets nothing', () => {
  const numbers = new Numbers();
  const all = Array.from({ length: 1_000 }, (_, index) => index * 7);
  for (const number of all) numbers.push(number);
  expect(numbers.length).toBe(1_000);
  expect([...numbers.view()]).toEqual(all);
});
