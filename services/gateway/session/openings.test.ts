import { expect, onTestFinished, test, vi } from 'vitest';
import { Openings } from './openings.js';

test('32 are opened at once, the others in their order as places become free', async () => {
  const openings = new Openings();
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = Array.from({ length: 40 }, (_, number) =>
    openings.run(
      () =>
        new Promise((resolve) => {
          begun.push(number);
          ends.push(resolve);
        }),
    ),
  );
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);
  expect(begun).toEqual(upTo(32));
  ends[5]!();
  await expect.poll(() => begun).toEqual(upTo(33));
  ends[32]!();
  ends[0]!();
  await expect.poll(() => begun).toEqual(upTo(35));
  for (let at = 0; at < 40; at += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(at);
    ends[at]!();
  }
  await Promise.all(all);
  // Places that nobody waited for are free again.
  const more = Array.from({ length: 33 }, (_, number) =>
    openings.run(() => (number === 32 ? Promise.resolve() : new Promise((resolve) => ends.push(resolve)))),
  );
  await expect.poll(() => ends.length).toBe(72);
  for (const end of ends) end();
  await Promise.all(more);
});

test('where no opening comes to its end nobody waits for another: all learn together that Redis gives no answer', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const openings = new Openings();
  let begun = 0;
  const refusals: (() => void)[] = [];
  const open = () =>
    new Promise<void>((_, reject) => {
      begun += 1;
      refusals.push(() => reject(new Error('away')));
    });
  const all = Array.from({ length: 100 }, () => openings.run(open).catch(String));
  await vi.advanceTimersByTimeAsync(400);
  expect(begun).toBe(32);
  refusals.shift()!();
  // One has ended: the others wait on.
  await vi.advanceTimersByTimeAsync(200);
  expect(begun).toBe(33);
  await vi.advanceTimersByTimeAsync(500);
  expect(begun).toBe(100);
  for (const refuse of refusals) refuse();
  expect(new Set(await Promise.all(all))).toEqual(new Set(['Error: away']));
  // Nothing is left of it.
  await vi.advanceTimersByTimeAsync(1_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('an opening that ended before anybody waited is no sign that Redis answers', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const openings = new Openings();
  await openings.run(() => Promise.resolve());
  let begun = 0;
  const ends: (() => void)[] = [];
  const all = Array.from({ length: 40 }, () =>
    openings.run(() => {
      begun += 1;
      return new Promise((resolve) => ends.push(resolve));
    }),
  );
  await vi.advanceTimersByTimeAsync(510);
  expect(begun).toBe(40);
  for (const end of ends) end();
  await Promise.all(all);
});
