import { expect, test } from 'vitest';
import { looksDuring } from './looks.js';

const NEVER = new AbortController().signal;

const all = async (looks: AsyncIterable<number>): Promise<readonly number[]> => {
  const seen: number[] = [];
  for await (const look of looks) seen.push(look);
  return seen;
};

test('the last look begins in its time though the first is still under way: there are two, so far apart', async () => {
  const began: number[] = [];
  let answer: (seen: number) => void = () => {};
  const take = (): Promise<number> => {
    began.push(performance.now());
    if (began.length === 1) return new Promise((resolve) => (answer = resolve));
    answer(0);
    return Promise.resolve(1);
  };
  const seen = await all(looksDuring(take, { seconds: 0.3, everyMs: 50, signal: NEVER }));
  const [first = 0, last = 0] = began;
  expect(seen).toEqual([0, 1]);
  expect(last - first).toBeGreaterThanOrEqual(300);
});

test('looks come in their turns, and the last one whatever turn it is', async () => {
  const take = async (): Promise<number> => performance.now();
  expect(await all(looksDuring(take, { seconds: 0.05, everyMs: 100, signal: NEVER }))).toHaveLength(2);
  const seen: number[] = [];
  for await (const atMs of looksDuring(take, { seconds: 60, everyMs: 50, signal: NEVER })) {
    if (seen.push(atMs) === 3) break;
  }
  expect((seen[2] ?? 0) - (seen[0] ?? 0)).toBeGreaterThanOrEqual(100);
});

test('who is interrupted has what was seen so far, and waits for no look', async () => {
  const stop = new AbortController();
  let looks = 0;
  const take = (): Promise<number> => {
    looks += 1;
    if (looks < 3) return Promise.resolve(looks);
    stop.abort();
    return new Promise(() => {});
  };
  expect(await all(looksDuring(take, { seconds: 60, everyMs: 1, signal: stop.signal }))).toEqual([1, 2]);
});

test('who leaves takes no more looks', async () => {
  let looks = 0;
  const take = async (): Promise<number> => (looks += 1);
  const times = { seconds: 0.05, everyMs: 1_000, signal: NEVER };
  for await (const _ of looksDuring(take, times)) break;
  // The last look of others, who began later, comes after the one that would have been.
  expect(await all(looksDuring(async () => 0, times))).toEqual([0, 0]);
  expect(looks).toBe(1);
});
