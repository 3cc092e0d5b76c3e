import { expect, test } from 'vitest';
import { ConnectionAccount } from './connection-account.js';

test('a stretch without a hole is one run, however long', () => {
  const connection = new ConnectionAccount();
  connection.subscribed({ epoch: 'e', offset: 4 });
  for (const offset of [5, 6, 7, 9, 10]) connection.sent(offset);
  connection.subscribed({ epoch: 'e', offset: 10 });
  connection.sent(11);
  expect(connection.stretches).toEqual([
    {
      base: 4,
      runs: [
        { from: 5, to: 7 },
        { from: 9, to: 10 },
      ],
    },
    { base: 10, runs: [{ from: 11, to: 11 }] },
  ]);
});

test('messages that come before any subscribed are a stretch too, that misses nothing before its first', () => {
  const connection = new ConnectionAccount();
  for (const offset of [8, 9]) connection.sent(offset);
  expect(connection.stretches).toEqual([{ base: 7, runs: [{ from: 8, to: 9 }] }]);
});
