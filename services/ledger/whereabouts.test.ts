import { expect, test } from 'vitest';
import { ChannelRecord } from './record.js';
import { hasMoved, whereabouts } from './whereabouts.js';

const accountOf = (...welcomes: readonly (readonly [color: string, atMs: number])[]) => {
  const account = new ChannelRecord('ledger:3').account('probe 7');
  for (const [color, atMs] of welcomes) account.connection().welcomed(color, atMs);
  account.connection();
  return account;
};

test.each([
  [1_600, 'probe 7 on ledger:3, on blue 0.4 s before its move to green'],
  [2_000, 'probe 7 on ledger:3, on green 0.0 s after its move there'],
  [5_999, 'probe 7 on ledger:3, on green 4.0 s after its move there'],
  [6_001, 'probe 7 on ledger:3, on green 4.0 s before its move to blue'],
  [11_000, 'probe 7 on ledger:3, on blue 1.0 s after its move there'],
  [999, 'probe 7 on ledger:3'],
])('at %i ms', (atMs, words) => {
  // It came back to the same color once: that is no move.
  expect(whereabouts(accountOf(['blue', 1_000], ['blue', 1_200], ['green', 2_000], ['blue', 10_000]), atMs)).toBe(
    words,
  );
});

test('who was served by two colors has moved', () => {
  expect(hasMoved(accountOf(['blue', 1], ['green', 2]))).toBe(true);
  expect(hasMoved(accountOf(['blue', 1], ['blue', 2]))).toBe(false);
  expect(hasMoved(accountOf())).toBe(false);
});

test('one that was never moved', () => {
  expect(whereabouts(accountOf(['blue', 1_000]), 5_000)).toBe('probe 7 on ledger:3, on blue, which it never left');
});

test('the first welcome of a connection counts', () => {
  const account = accountOf(['blue', 1_000]);
  account.connections[0]?.welcomed('green', 1_100);
  expect(whereabouts(account, 1_200)).toContain('on blue, ');
});
