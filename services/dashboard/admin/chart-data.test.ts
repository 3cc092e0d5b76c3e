import { describe, expect, it } from 'vitest';
import { ChartData } from './chart-data.js';
import type { Notice, Point } from './frames.js';

const point = (seconds: number, blue = 1, green: number | null = 2): Point => ({
  timeMs: seconds * 1000,
  values: { blue, green, received: 0, sent: 0, ack_p50_ms: null, ack_p99_ms: null },
});
const notice = (step: string, seconds: number, state = 'running'): Notice => ({
  verb: 'promote',
  from: 'blue',
  to: 'green',
  release: 'r',
  step,
  state,
  atMs: seconds * 1000,
  toldMs: seconds * 1000,
  moved: null,
  left: null,
  rate: null,
  note: '',
  cause: '',
  acked: null,
  lost: null,
});

describe('what the charts draw', () => {
  it('is bounded, however long the page is open', () => {
    const data = new ChartData();
    for (let second = 1; second <= 5_000; second += 1) data.add(point(second));
    expect([data.seconds.length, data.column('blue').length]).toEqual([1_261, 1_261]);
    expect([data.seconds[0], data.seconds.at(-1)]).toEqual([3_740, 5_000]);
  });

  it('takes of the past only what it does not know, and nothing twice', () => {
    const data = new ChartData();
    data.remember([point(10), point(20)]);
    for (const second of [21, 21, 20, 22]) data.add(point(second));
    // A worker of the other color tells the past again.
    data.remember([point(1), point(10), point(20)]);
    expect(data.seconds).toEqual([1, 10, 20, 21, 22]);
    // The page was cut off for a while; the server was there.
    data.add(point(60));
    data.remember([10, 20, 30, 40, 50, 60].map((second) => point(second)));
    expect(data.seconds).toEqual([1, 10, 20, 21, 22, 30, 40, 50, 60]);
  });

  it('is broken off where samples are missing, and nowhere else', () => {
    const data = new ChartData();
    // Redis was away for most of a minute.
    data.remember([0, 10, 20, 70, 80, 90].map((second) => point(second)));
    for (const second of [91, 92, 94, 134, 135]) data.add(point(second));
    data.add(point(140), 5_000);
    data.add(point(145), 5_000);
    const [seconds, blue] = [data.seconds, data.column('blue')];
    expect(seconds.filter((_, index) => blue[index] === null)).toEqual([30, 95]);
    expect(data.stacked()).toHaveLength(seconds.length);
    expect(data.untilSeconds).toBe(145);
    data.passed(150_000);
    expect(data.untilSeconds).toBe(150);
  });

  it('stacks the colors, and leaves a gap where one is not known', () => {
    const data = new ChartData();
    data.add(point(1, 3, 4));
    data.add(point(2, 3, null));
    expect(data.stacked()).toEqual([7, null]);
  });

  it('marks each step of a deploy once, where it began, also when another worker tells all of them again', () => {
    const data = new ChartData();
    const told = [notice('preflight', 1), notice('warm', 2), notice('warm', 3), notice('move', 4), notice('move', 5)];
    const next = [notice('preflight', 11), notice('move', 12)];
    for (const one of [...told, ...told, notice('stop', 6, 'rolled_back'), ...next]) data.mark(one);
    // A worker that was started on the way knows a later beginning of a step.
    for (const one of [notice('warm', 2.5), notice('stop', 6, 'rolled_back'), ...told, ...next]) data.mark(one);
    expect(data.marks.map(({ label, seconds }) => [label, seconds])).toEqual([
      ['preflight', 1],
      ['warm', 2],
      ['move', 4],
      ['rolled back', 6],
      ['preflight', 11],
      ['move', 12],
    ]);
  });
});
