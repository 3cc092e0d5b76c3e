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
    for (const one of [...told, ...told, notice('stop', 6, 'rolled_back')]) data.mark(one);
    for (const one of [notice('preflight', 11), notice('move', 12)]) data.mark(one);
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
