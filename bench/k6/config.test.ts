import { expect, test } from 'vitest';
import { readConfig } from './config.js';

test('by default what `make load-test-10k` does, for half as long, twice', () => {
  expect(readConfig({})).toMatchObject({ sockets: 10_000, rate: 400, seconds: 30, rounds: 2 });
  expect(readConfig({ SOCKETS: '500', ROUNDS: '3' })).toMatchObject({ sockets: 500, rounds: 3 });
});

test.each([
  ['SOCKETS', '5'],
  ['RATE', 'many'],
  ['DURATION', '1'],
  ['ROUNDS', '0'],
])('%s=%s is refused by name and value', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(`${name}=${value}: `);
});
