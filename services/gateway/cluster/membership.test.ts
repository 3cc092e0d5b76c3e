import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../broker/memory/memory-cluster.js';
import type { ClusterDirectory } from '../broker/cluster-directory.js';
import type { WorkerIdentity } from './identity.js';
import { Membership } from './membership.js';

let cluster: MemoryCluster;
const open: Record<string, number> = {};

beforeEach(() => {
  vi.useFakeTimers();
  cluster = createMemoryCluster();
  Object.assign(open, { a: 2, b: 3 });
});
afterEach(() => void vi.useRealTimers());

const member = (name: string, identity: Partial<WorkerIdentity> = {}) => {
  const directory: ClusterDirectory = cluster.broker(name).cluster;
  const membership = new Membership(directory, {
    identity: {
      color: 'blue',
      worker: name,
      release: 'r',
      workerId: name,
      startedAt: '2026-11-23T10:30:00.000Z',
      ...identity,
    },
    intervalMs: 1_000,
    connections: () => open[name] ?? 0,
    snapshot: () => Promise.resolve({ totals: { messages: 10 }, gauges: {} }),
  });
  return { membership, directory };
};

describe('Membership', () => {
  it('knows the connections of the whole cluster: its own now, those of others as of the last renewal', async () => {
    const [a, b] = [member('a'), member('b')];
    await a.membership.start();
    await b.membership.start();
    expect(b.membership.clusterConnections).toBe(5);
    expect(a.membership.clusterConnections).toBe(2);
    open['a'] = 7;
    expect(a.membership.clusterConnections).toBe(7);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(a.membership.clusterConnections).toBe(10);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(b.membership.clusterConnections).toBe(10);
    await Promise.all([a.membership.stop(), b.membership.stop()]);
  });

  it('gives its lease back with its totals when it stops, and does not take it again', async () => {
    const { membership, directory } = member('a');
    await membership.start();
    expect((await directory.view()).workers).toHaveLength(1);
    let letThrough: () => void = () => {};
    const renew = directory.renew.bind(directory);
    vi.spyOn(directory, 'renew').mockImplementationOnce(async (lease) => {
      await new Promise<void>((resolve) => (letThrough = resolve));
      return renew(lease);
    });
    await vi.advanceTimersByTimeAsync(1_000);
    const stopping = membership.stop();
    await vi.advanceTimersByTimeAsync(10);
    letThrough();
    await stopping;
    await vi.advanceTimersByTimeAsync(3_000);
    await membership.renew();
    expect(await directory.view()).toEqual({ workers: [], ended: { messages: 10 } });
  });

  it('knows the one of its name and release that did not end in order before it, and no other', async () => {
    const killed = member('a');
    await killed.membership.start();
    killed.membership.loop.stop();
    const next = member('next', { worker: 'a' });
    const others = [{ release: 'r2' }, { color: 'green' }, { worker: 'b' }].map((other, n) =>
      member(`other ${n}`, { worker: 'a', ...other }),
    );
    for (const { membership } of [next, ...others]) await membership.start();
    expect(next.membership.predecessor).toMatchObject({ workerId: 'a', connections: 2 });
    expect(others.map(({ membership }) => membership.predecessor)).toEqual([undefined, undefined, undefined]);
    for (const { membership } of [next, ...others]) await membership.stop();
    await killed.membership.stop();
    const afterAll = member('last', { worker: 'a' });
    await afterAll.membership.start();
    expect(afterAll.membership.predecessor).toBeUndefined();
    await afterAll.membership.stop();
  });

  it('waits for a renewal that hangs, and queues no others behind it', async () => {
    const { membership, directory } = member('a');
    await membership.start();
    let letThrough: () => void = () => {};
    const renewals = vi.spyOn(directory, 'renew').mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (letThrough = resolve));
      return 0;
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(renewals).toHaveBeenCalledTimes(1);
    letThrough();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(renewals).toHaveBeenCalledTimes(3);
    await membership.stop();
  });

  it('goes on when Redis was away, and stops without it', async () => {
    const [a, b] = [member('a'), member('b')];
    await a.membership.start();
    cluster.disconnect();
    await b.membership.start();
    await vi.advanceTimersByTimeAsync(3_000);
    cluster.reconnect();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(a.membership.clusterConnections).toBe(5);
    expect(b.membership.clusterConnections).toBe(5);
    cluster.disconnect();
    await expect(a.membership.stop()).resolves.toBeUndefined();
    await expect(b.membership.stop()).resolves.toBeUndefined();
  });
});
