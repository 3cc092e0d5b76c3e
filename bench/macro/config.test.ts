import { expect, test } from 'vitest';
import { BENCHES, readConfig } from './config.js';

test('by default everything, three rounds of each', () => {
  expect(readConfig({ HOME: '/home/somebody' })).toEqual({
    only: BENCHES,
    isQuick: false,
    seconds: 5,
    rounds: 3,
    against: undefined,
    profiles: undefined,
    cache: '/home/somebody/.cache/switchyard',
  });
});

test('some of them, quickly, but for as long as is said', () => {
  const { only, isQuick, seconds, rounds } = readConfig({ ONLY: 'recover, echo', QUICK: '1', SECONDS: '9' });
  expect([only, isQuick, seconds, rounds]).toEqual([['recover', 'echo'], true, 9, 1]);
});

test.each([
  [{ ONLY: 'echo,eco' }, 'ONLY=echo,eco: some of echo,fanout,'],
  [{ SECONDS: 'long' }, 'SECONDS=long: '],
  [{ SECONDS: '0' }, 'SECONDS=0: '],
  [{ QUICK: 'yes' }, 'QUICK=yes: must be 0 or 1'],
])('%o is refused by its name', (environment, words) => {
  expect(() => readConfig(environment)).toThrow(words);
});

test('what is empty was not given', () => {
  expect(readConfig({ ONLY: '', SECONDS: '', QUICK: '', AGAINST: '' })).toMatchObject({ only: BENCHES, seconds: 5 });
});
