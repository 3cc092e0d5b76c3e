import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Position } from '../../protocol/frames.js';
import { createMemoryCluster, type MemoryCluster } from '../broker/memory/memory-cluster.js';
import type { SessionStore } from '../broker/session-store.js';
import { clientNamed, connectionNumber, epochNamed, offsetAt } from '../broker/testing/world.js';
import { Places } from './places.js';

const REF = 'a session';
const CONNECTION = connectionNumber(1);
const place = (offset: number): Position => ({ epoch: epochNamed('e'), offset: offsetAt(offset) });

let cluster: MemoryCluster;
let store: SessionStore;
let places: Places;
const stored = async () => (await store.resume(REF, { connectionId: CONNECTION, workerId: 'w' }))?.place;

beforeEach(async () => {
  cluster = createMemoryCluster();
  store = cluster.broker('w').sessions;
  places = new Places(store, 1_000);
  await store.create(REF, clientNamed('ada'), { connectionId: CONNECTION, workerId: 'w' });
});

describe('Places', () => {
  it('[resume-3] writes the last place that was confirmed', async () => {
    places.confirm(REF, CONNECTION, place(1));
    places.confirm(REF, CONNECTION, place(2));
    expect(await places.flush()).toBe(true);
    expect(await stored()).toEqual(place(2));
  });

  it('[resume-4] keeps what Redis did not take, but for what was confirmed since', async () => {
    const [second, third] = [connectionNumber(2), connectionNumber(3)];
    await store.create('second', clientNamed('bob'), { connectionId: second, workerId: 'w' });
    await store.create('third', clientNamed('eve'), { connectionId: third, workerId: 'w' });
    places.confirm(REF, CONNECTION, place(1));
    places.confirm('second', second, place(5));
    cluster.disconnect();
    const failing = places.flush();
    await Promise.resolve();
    places.confirm(REF, CONNECTION, place(2));
    places.confirm('third', third, place(7));
    expect(await failing).toBe(false);
    cluster.reconnect();
    expect(await places.flush()).toBe(true);
    expect(await stored()).toEqual(place(2));
    expect((await store.resume('second', { connectionId: second, workerId: 'w' }))?.place).toEqual(place(5));
    expect((await store.resume('third', { connectionId: third, workerId: 'w' }))?.place).toEqual(place(7));
  });

  it('[resume-4] has written, when it says so, what another flush had begun to write', async () => {
    const isWritten = vi.fn<() => void>();
    let letThrough: () => void = () => {};
    const write = store.savePlaces.bind(store);
    const writes = vi.spyOn(store, 'savePlaces').mockImplementationOnce(async (given) => {
      await new Promise<void>((resolve) => (letThrough = resolve));
      await write(given);
    });
    places.confirm(REF, CONNECTION, place(3));
    const regular = places.flush();
    await vi.waitFor(() => expect(writes).toHaveBeenCalled());
    const ofTheMove = places.flush().then(isWritten);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isWritten).not.toHaveBeenCalled();
    letThrough();
    await Promise.all([regular, ofTheMove]);
    expect(await stored()).toEqual(place(3));
  });

  it('[resume-3] a connection that ends leaves its place, then gives the session free', async () => {
    places.confirm(REF, CONNECTION, place(4));
    await places.release(REF, CONNECTION);
    const successor = await store.resume(REF, { connectionId: connectionNumber(2), workerId: 'v' });
    expect(successor).toMatchObject({ place: place(4), previousOwner: undefined });
  });

  it('[resume-4] a connection that ends while Redis is away is no error: its place is an older one then', async () => {
    places.confirm(REF, CONNECTION, place(4));
    cluster.disconnect();
    await expect(places.release(REF, CONNECTION)).resolves.toBeUndefined();
    cluster.reconnect();
    expect(await stored()).toBeUndefined();
  });
});
