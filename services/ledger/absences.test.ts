import { expect, test, vi } from 'vitest';
import { Absences } from './absences.js';
import * as clock from './clock.js';

test('an absence lasts until it is over, and one that never is lasts until now', () => {
  const time = vi.spyOn(clock, 'now').mockReturnValue(1_000);
  const absences = new Absences();
  const back = absences.begin();
  absences.begin();
  time.mockReturnValue(1_300);
  back();
  time.mockReturnValue(1_350);
  back();
  expect(absences.count).toBe(2);
  expect(absences.times(undefined, 6_000)).toMatchObject({ count: 2, max: 5_000 });
  expect(absences.times(undefined, 6_000).p50).toBeCloseTo(300, 0);
});

test('an absence belongs to the window in which it began', () => {
  const time = vi.spyOn(clock, 'now').mockReturnValue(100);
  const absences = new Absences();
  const back = absences.begin();
  time.mockReturnValue(200);
  back();
  expect([
    absences.times({ fromMs: 100, toMs: 101 }).count,
    absences.times({ fromMs: 99, toMs: 100 }).count,
    absences.times({ fromMs: 101, toMs: 300 }).count,
  ]).toEqual([1, 0, 0]);
});
