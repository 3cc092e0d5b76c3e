import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { Membership } from '../../cluster/membership.js';
import { StatisticsReader } from '../../cluster/statistics-reader.js';
import { Snapshots, type SnapshotTaker } from './snapshots.js';

let cluster: MemoryCluster;
beforeEach(() => {
  vi.useFakeTimers();
  cluster = createMemoryCluster();
});
afterEach(() => void vi.useRealTimers());

const setUp = () => {
  const { cluster: directory } = cluster.broker('a');
  const identity = { color: 'blue', worker: '1', release: 'r', workerId: 'a', startedAt: '2026-11-23T10:30:00.000Z' };
  const membership = new Membership(directory, {
    identity,
    intervalMs: 1_000,
    connections: () => 7,
    snapshot: () => Promise.resolve({ totals: {}, gauges: {} }),
  });
  const looks = vi.spyOn(directory, 'view');
  const snapshots = new Snapshots(new StatisticsReader(directory, membership));
  snapshots.start();
  return { snapshots, looks };
};

class Taker implements SnapshotTaker {
  readonly events: string[] = [];
  take(event: string): void {
    this.events.push(event);
  }
}
const takers = (count: number): Taker[] => Array.from({ length: count }, () => new Taker());

describe('Snapshots', () => {
  it('[metrics-1] cost one look a second, however many take them, and one encoding', async () => {
    const { snapshots, looks } = setUp();
    const all = takers(1_000);
    for (const taker of all) snapshots.watch(taker, 1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(looks).toHaveBeenCalledTimes(5);
    expect(new Set(all.map(({ events }) => events.length))).toEqual(new Set([5]));
    expect(new Set(all.map(({ events }) => events[0])).size).toBe(1);
    expect(all[0]?.events[0]).toContain('"active_connections":7');
    snapshots.stop();
  });

  it('cost one look when a thousand clients come at once', async () => {
    const { snapshots, looks } = setUp();
    await Promise.all(takers(1_000).map(() => snapshots.now()));
    expect(looks.mock.calls.length).toBeLessThanOrEqual(2);
    snapshots.stop();
  });

  it('[metrics-2] come at the interval of each, from 1 to 60 s, and at a new one from when it was asked for', async () => {
    const { snapshots, looks } = setUp();
    const [quick, slow, slowest] = takers(3);
    snapshots.watch(quick!, 1);
    snapshots.watch(slow!, 7);
    snapshots.watch(slowest!, 60);
    await vi.advanceTimersByTimeAsync(120_000);
    expect([quick, slow, slowest].map((taker) => taker?.events.length)).toEqual([120, 17, 2]);
    snapshots.watch(quick!, 60);
    snapshots.watch(slowest!, 2);
    await vi.advanceTimersByTimeAsync(59_000);
    expect([quick, slowest].map((taker) => taker?.events.length)).toEqual([120, 31]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(quick?.events).toHaveLength(121);
    const before = looks.mock.calls.length;
    for (const taker of [quick, slow, slowest]) snapshots.leave(taker!);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks.mock.calls.length).toBe(before);
    snapshots.stop();
  });

  it('[silent-1] say once that Redis is away, and go on by themselves', async () => {
    const { snapshots } = setUp();
    const [taker] = takers(1);
    snapshots.watch(taker!, 1);
    cluster.disconnect();
    await vi.advanceTimersByTimeAsync(3_000);
    const message: unknown = expect.stringContaining('go on by themselves');
    expect(taker?.events.map((event) => JSON.parse(event) as unknown)).toEqual([{ type: 'Error', message }]);
    cluster.reconnect();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(taker?.events.at(-1)).toContain('"type":"Snapshot"');
    cluster.disconnect();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(taker?.events).toHaveLength(3);
    snapshots.stop();
  });
});
