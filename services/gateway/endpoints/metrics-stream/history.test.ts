import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { History } from './history.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TOTAL = [{ name: 'requests_total', metric: 'requests_total' }] as const;
const valuesOf = ([event = '']: readonly string[]): number[] =>
  (JSON.parse(event) as { data_points: { value: number }[] }).data_points.map(({ value }) => value);

describe('History', () => {
  it('[metrics-4] is read once a second at most, however many ask, and is no older than that', async () => {
    const { samples } = createMemoryCluster().broker('a');
    const reads = vi.spyOn(samples, 'all');
    const history = new History(samples);
    await samples.add({ requests_total: 1 }, { minGapMs: 0, keep: 10 });
    const all = await Promise.all(Array.from({ length: 1_000 }, () => history.events(TOTAL)));
    expect(new Set(all.flat()).size).toBe(1);
    expect(reads.mock.calls.length).toBeLessThanOrEqual(2);
    const before = reads.mock.calls.length;
    await vi.advanceTimersByTimeAsync(900);
    await samples.add({ requests_total: 2 }, { minGapMs: 0, keep: 10 });
    expect(valuesOf(await history.events(TOTAL))).toEqual([1]);
    await vi.advanceTimersByTimeAsync(200);
    expect(valuesOf(await history.events(TOTAL))).toEqual([1, 2]);
    expect(reads).toHaveBeenCalledTimes(before + 1);
  });
});
