import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../broker/memory/memory-cluster.js';
import { Membership } from './membership.js';
import { Sampler } from './sampler.js';
import { StatisticsReader } from './statistics-reader.js';

let cluster: MemoryCluster;
beforeEach(() => {
  vi.useFakeTimers();
  cluster = createMemoryCluster();
});
afterEach(() => void vi.useRealTimers());

/** A worker that started in this second, and samples every 10 s for a minute. */
const worker = async (second: number) => {
  const workerId = `w${second}`;
  const broker = cluster.broker(workerId);
  const startedAt = `2026-11-23T10:30:0${second}.000Z`;
  const membership = new Membership(broker.cluster, {
    identity: { color: 'blue', worker: '1', release: 'r', workerId, startedAt },
    intervalMs: 1_000,
    connections: () => 1,
    snapshot: () => Promise.resolve({ totals: {}, gauges: {} }),
  });
  await membership.start();
  const added = vi.spyOn(broker.samples, 'add');
  let looks = 0;
  const sampler = new Sampler(new StatisticsReader(broker.cluster, membership), broker.samples, {
    workerId,
    intervalMs: 10_000,
    historyMs: 60_000,
    values: ({ active }) => ({ active, looks: (looks += 1) }),
  });
  sampler.start();
  return { broker, membership, sampler, added };
};

describe('Sampler', () => {
  it('[metrics-4] adds a sample at once and at each interval, by the oldest worker alone', async () => {
    const [old, young] = [await worker(1), await worker(2)];
    await vi.advanceTimersByTimeAsync(35_000);
    expect(old.added).toHaveBeenCalledTimes(4);
    expect(young.added).not.toHaveBeenCalled();
    const samples = await young.broker.samples.all();
    expect(samples.map(({ values }) => values)).toEqual([1, 2, 3, 4].map((looks) => ({ active: 2, looks })));
  });

  it('[metrics-4] reaches back as far as it should, and no further', async () => {
    const { broker } = await worker(1);
    await vi.advanceTimersByTimeAsync(300_000);
    const samples = await broker.samples.all();
    const times = samples.map(({ timeMs }) => timeMs);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBe(60_000);
  });

  it('[metrics-4] goes on when the oldest worker ends, or is killed: then when its lease is over', async () => {
    const [old, next, last] = [await worker(1), await worker(2), await worker(3)];
    await vi.advanceTimersByTimeAsync(5_000);
    old.sampler.stop();
    await old.membership.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(next.added).toHaveBeenCalledTimes(1);
    next.sampler.stop();
    // It had looked before, too: what it adds has a before.
    expect((await next.broker.samples.all()).at(-1)?.values).toMatchObject({ active: 2, looks: 2 });
    cluster.disconnect('w2');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(last.added.mock.calls.length).toBeGreaterThanOrEqual(1);
  });

  it('passes over what Redis does not take, and goes on', async () => {
    const { added, broker } = await worker(1);
    await vi.advanceTimersByTimeAsync(5_000);
    cluster.disconnect();
    await vi.advanceTimersByTimeAsync(20_000);
    cluster.reconnect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(added).toHaveBeenCalledTimes(2);
    expect(await broker.samples.all()).toHaveLength(2);
  });
});
