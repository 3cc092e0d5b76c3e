import { expect, it } from 'vitest';
import { UnknownKeys } from './unknown-keys.js';

it('keys that nobody knows are remembered since they were named first; a thousand of them', () => {
  const keys = new UnknownKeys();
  expect([keys.named('a', 1), keys.named('b', 2), keys.named('a', 3)]).toEqual([1, 2, 1]);
  for (let n = 0; n < 998; n += 1) keys.named(`other ${n}`, 4);
  expect([keys.named('a', 5), keys.named('b', 5)]).toEqual([1, 2]);
  keys.named('one too many', 6);
  expect([keys.named('b', 7), keys.named('a', 7)]).toEqual([2, 7]);
});
