import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { ROOM, channelNamed, clientNamed } from '../broker/testing/world.js';
import { Presence } from './presence.js';

const ANN = clientNamed('ann');
const BOB = clientNamed('bob');
const HALL = channelNamed('hall');
const ALL = { limit: 100, after: undefined };

/** The presence of one worker on a store in memory, with a clock and a lease that the test moves. */
const keeper = () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const cluster = createMemoryCluster();
  const { presence: store, cluster: leases } = cluster.broker('w1');
  const other = cluster.broker('w2');
  let renewedAt = 0;
  const presence = new Presence(store, { gatherMs: 10, intervalMs: 500, renewedAt: () => renewedAt });
  const state = vi.spyOn(store, 'state');
  const keep = vi.spyOn(store, 'keepInfos');
  const renew = async (): Promise<void> => {
    renewedAt = performance.now();
    const facts = { color: 'blue', worker: '1', release: 'r', startedAt: '', connections: 0, totals: {}, gauges: {} };
    await leases.renew({ workerId: 'w1', ...facts });
  };
  const seen = async () =>
    Object.fromEntries(
      (await other.presence.page(ROOM, ALL)).members.map(({ clientId, connections }) => [clientId, connections]),
    );
  return { cluster, presence, state, keep, renew, seen, other };
};

describe('presence of a worker', () => {
  it('states together what comes and goes at about the same time, and nothing twice', async () => {
    const { presence, state, renew, seen } = keeper();
    await renew();
    for (const name of [ANN, BOB, ANN]) presence.join(ROOM, name, undefined);
    presence.leave(ROOM, BOB);
    await vi.advanceTimersByTimeAsync(10);
    expect(state.mock.calls).toEqual([[ROOM, new Map([[ANN, 2], [BOB, 0]]), false, new Map()]]); // prettier-ignore
    expect(await seen()).toEqual({ ann: 2 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state).toHaveBeenCalledTimes(1);
  });

  it('[presence-1] tells who asks here what this worker has not stated yet', async () => {
    const { presence, renew } = keeper();
    await renew();
    presence.join(ROOM, ANN, undefined);
    expect(await presence.page(ROOM, ALL)).toMatchObject({ count: 1, members: [{ clientId: ANN, connections: 1 }] });
    presence.leave(ROOM, ANN);
    expect(await presence.page(ROOM, ALL)).toMatchObject({ count: 0 });
  });

  it('[presence-3] states all anew when the store was away', async () => {
    const { cluster, presence, renew, seen } = keeper();
    presence.start();
    await renew();
    presence.join(ROOM, ANN, undefined);
    await vi.advanceTimersByTimeAsync(10);
    cluster.disconnect('w1');
    presence.leave(ROOM, ANN);
    presence.join(ROOM, BOB, undefined);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await seen()).toEqual({ ann: 1 });
    cluster.reconnect('w1');
    await renew();
    await vi.advanceTimersByTimeAsync(500);
    expect(await seen()).toEqual({ bob: 1 });
    await presence.stop();
  });

  it('[presence-3] states all anew when its lease had lapsed: others have forgotten it', async () => {
    const { presence, renew, seen, state } = keeper();
    presence.start();
    await renew();
    presence.join(ROOM, ANN, undefined);
    await vi.advanceTimersByTimeAsync(4_500);
    expect(await seen()).toEqual({});
    await renew();
    await vi.advanceTimersByTimeAsync(500);
    expect(await seen()).toEqual({ ann: 1 });
    state.mockClear();
    await renew();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(state.mock.calls).toEqual([[ROOM, new Map([[ANN, 1]]), true, new Map()]]);
    await presence.stop();
  });

  it('takes back what a store that returned holds of channels that this worker has left', async () => {
    const { cluster, presence, renew, seen } = keeper();
    await renew();
    // As an older state of it would say.
    await cluster.broker('w1').presence.state(ROOM, new Map([[ANN, 1]]), false);
    expect(await seen()).toEqual({ ann: 1 });
    presence.resumed();
    await vi.advanceTimersByTimeAsync(10);
    expect(await seen()).toEqual({});
  });

  it('says of a client what its newest connection with a token brought, also anew, until its last one has left', async () => {
    const { cluster, presence, renew, state, other } = keeper();
    presence.start();
    await renew();
    const said = async () => (await other.presence.page(ROOM, ALL)).members.map(({ info }) => info);
    const after = async (act: () => void): Promise<readonly (string | undefined)[]> => {
      act();
      await vi.advanceTimersByTimeAsync(10);
      return said();
    };
    expect(await after(() => presence.join(ROOM, ANN, '1'))).toEqual(['1']);
    expect(await after(() => presence.join(ROOM, ANN, '2'))).toEqual(['2']);
    expect(await after(() => presence.join(ROOM, ANN, undefined))).toEqual(['2']);
    expect(await after(() => presence.leave(ROOM, ANN))).toEqual(['2']);
    expect(await after(() => presence.renewed(ROOM, ANN, '3'))).toEqual(['3']);
    state.mockClear();
    expect(await after(() => presence.renewed(ROOM, ANN, '3'))).toEqual(['3']);
    expect(state).not.toHaveBeenCalled();
    cluster.disconnect('w1');
    await after(() => presence.renewed(ROOM, ANN, undefined));
    cluster.reconnect('w1');
    await renew();
    await vi.advanceTimersByTimeAsync(500);
    expect(await said()).toEqual([undefined]);
    expect(await after(() => presence.renewed(ROOM, ANN, '4'))).toEqual(['4']);
    expect(
      await after(() => {
        for (let n = 0; n < 2; n += 1) presence.leave(ROOM, ANN);
        presence.join(ROOM, ANN, undefined);
      }),
    ).toEqual([undefined]);
    await presence.stop();
  });

  it('has what was said kept while a client is there of whom something is, three times an hour', async () => {
    const { presence, renew, keep } = keeper();
    presence.start();
    await renew();
    presence.join(ROOM, ANN, '1');
    presence.join(HALL, BOB, undefined);
    await vi.advanceTimersByTimeAsync(3_700_000);
    expect(keep.mock.calls).toEqual([[[ROOM]], [[ROOM]], [[ROOM]]]);
    await presence.stop();
  });

  it('states its last goodbyes when it stops', async () => {
    const { presence, renew, seen } = keeper();
    await renew();
    presence.join(ROOM, ANN, undefined);
    await vi.advanceTimersByTimeAsync(10);
    presence.leave(ROOM, ANN);
    await presence.stop();
    expect(await seen()).toEqual({});
  });

  it('[presence-3] takes workers that are gone out, without being asked', async () => {
    const { presence, renew, other } = keeper();
    await renew();
    presence.start();
    await other.presence.state(ROOM, new Map([[BOB, 1]]), false);
    await vi.advanceTimersByTimeAsync(500);
    expect(await other.presence.channels()).toEqual([]);
    await presence.stop();
  });
});
