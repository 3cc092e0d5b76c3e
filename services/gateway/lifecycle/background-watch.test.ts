import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackgroundWatch } from './background-watch.js';
import { Loop } from './loop.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe.each([
  [
    'throws',
    () => {
      throw new Error('ill');
    },
  ],
  ['rejects', () => Promise.reject(new Error('ill'))],
])('a loop whose work %s', (_, fail) => {
  it('is down, is started again at the next look, and goes on', async () => {
    let turns = 0;
    const loop = new Loop('places', 100, () => {
      turns += 1;
      return turns === 2 ? fail() : undefined;
    });
    const other = new Loop('beats', 100, () => undefined);
    const restarted = vi.fn();
    const watch = new BackgroundWatch([loop, other], 5_000, { restarted });
    for (const part of [loop, other, watch]) part.start();
    await pass(4_999);
    expect(turns).toBe(2);
    expect(restarted).not.toHaveBeenCalled();
    await pass(1);
    expect(restarted.mock.calls).toEqual([['places', new Error('ill')]]);
    await pass(5_000);
    expect(turns).toBe(52);
    expect(restarted).toHaveBeenCalledTimes(1);
    for (const part of [watch, loop, other]) part.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('a loop that was stopped while a turn was under way is not started again by its failure', async () => {
  const loop = new Loop(
    'places',
    100,
    () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 50)),
  );
  const restarted = vi.fn();
  const watch = new BackgroundWatch([loop], 1_000, { restarted });
  watch.start();
  loop.start();
  await pass(120);
  loop.stop();
  await pass(2_000);
  expect(restarted).not.toHaveBeenCalled();
  watch.stop();
});
