import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Reading } from './figures.js';
import { TurnedAway } from './turned-away.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const CONNECTED = 50;
const worker = (source: string, failed: number | undefined): Reading => ({
  source,
  moments: {},
  shares: {},
  ...(failed === undefined ? {} : { turnedAway: { failed, of: failed + CONNECTED } }),
});

/** Ten seconds of the color before, in which its workers turned so many away, and five of the new one. */
const after = async (
  before: readonly (number | undefined)[],
  now: readonly (number | undefined)[],
): Promise<Reading['shares'] | undefined> => {
  const turnedAway = new TurnedAway('green', async () => before.map((failed, n) => worker(`blue-${n + 1}`, failed)));
  await turnedAway.begin();
  vi.advanceTimersByTime(10_000);
  await turnedAway.switchIsNext();
  vi.advanceTimersByTime(5_000);
  const reading = turnedAway.beyond(now.map((failed, n) => worker(`green-${n + 1}`, failed)));
  expect(reading?.source ?? 'green').toBe('green');
  return reading?.shares;
};

describe('clients that are turned away', () => {
  test.each([
    ['as many a second as before', [20, 0], [10, 0], 0],
    ['as many, all of them by another worker', [20, 0], [0, 10], 0],
    ['twice as many, and one more for those that came by chance', [20, 0], [21, 0], 0],
    ['more than that', [20, 0], [30, 11], 20],
    ['one, where there was none', [0, 0], [1, 0], 0],
    ['many, where there was none', [0, 0], [30, 30], 59],
  ])('%s', async (_, before, now, failed) => {
    const of = now.reduce((total, count) => total + count + CONNECTED, 0);
    expect(await after(before, now)).toEqual({ turned_away: { failed, of } });
  });

  test.each([
    ['the color before is from a release that does not tell', [undefined, undefined], [30, 30]],
    ['the new one is', [0, 0], [30, undefined]],
    ['nothing ran before', [], [30, 30]],
  ])('are not judged where %s', async (_, before, now) => {
    expect(await after(before, now)).toBeUndefined();
  });
});
