import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atSteadyRate } from './steady-rate.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test.each([10, 40, 1_000])('%i a second', (perSecond) => {
  let fired = 0;
  const stop = atSteadyRate(perSecond, () => {
    fired += 1;
  });
  vi.advanceTimersByTime(10_000);
  expect(fired).toBeGreaterThanOrEqual(perSecond * 10 - perSecond / 10 - 1);
  expect(fired).toBeLessThanOrEqual(perSecond * 10 + 1);
  stop();
  vi.advanceTimersByTime(1_000);
  expect(fired).toBeLessThanOrEqual(perSecond * 10 + 1);
});

test('after a stall of seconds it goes on, and does not make up for it', () => {
  let time = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => time);
  let fired = 0;
  const stop = atSteadyRate(100, () => {
    fired += 1;
  });
  time += 60_000;
  vi.advanceTimersByTime(10);
  expect(fired).toBe(1);
  time += 100;
  vi.advanceTimersByTime(10);
  expect(fired).toBe(11);
  stop();
});
