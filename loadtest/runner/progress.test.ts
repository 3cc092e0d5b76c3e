import { expect, test } from 'vitest';
import { progressLine } from './progress.js';
import type { Moment } from './recording.js';

const moment = (seconds: number, changed: Partial<Moment> = {}): Moment => ({
  seconds,
  open: { blue: 0, green: 0 },
  opened: 0,
  published: 0,
  delivered: { blue: 0, green: 0 },
  faults: 0,
  times: {},
  ...changed,
});

test('tells where everybody is now, the rates on average, and the worst second', () => {
  const times = { delivery_ms: { p50: 1, p95: 12.4, p99: 30 } };
  const moments = [
    moment(13, { published: 10, delivered: { blue: 3_000, green: 0 }, faults: 1, times }),
    moment(14, { open: { blue: 900, green: 300 }, published: 30, delivered: { blue: 2_000, green: 3_000 }, faults: 2 }),
  ];
  expect(progressLine(moments)).toBe(
    '   14 s   1,200 open (blue 900, green 300)   20 acked/s   4,000 delivered/s   p95 12 ms   3 faults',
  );
});

test('leaves out what is not there yet', () => {
  expect(progressLine([moment(0)])).toBe('    0 s   0 open   0 acked/s   0 delivered/s   0 faults');
});
