import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  // On green nothing but what a test breaks brings the log to mind.
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', POSITION_CHECK_INTERVAL: '0.2' });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', POSITION_CHECK_INTERVAL: '60' });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const offsets = (client: TestClient): number[] => client.all('message').map(({ offset }) => offset);

describe('what Redis pub/sub loses', () => {
  it('[order-1] a hole in the middle is filled from the log before what follows is delivered', async () => {
    const reader = await TestClient.connect(`${blue.ws}/ws`);
    const writer = await TestClient.connect(`${green.ws}/ws`);
    await reader.subscribe('room');
    await writer.publish('room', 1);
    cluster.dropPublications(blue.workerId, 3);
    for (let n = 2; n <= 5; n += 1) await writer.publish('room', n);
    await reader.next('message', ({ offset }) => offset === 5);
    expect(offsets(reader)).toEqual(upTo(5));
  });

  it('[order-1] the last publication, lost without a trace, is found by comparing with the log', async () => {
    const reader = await TestClient.connect(`${blue.ws}/ws`);
    const writer = await TestClient.connect(`${green.ws}/ws`);
    await reader.subscribe('room');
    cluster.dropPublications(blue.workerId, 1);
    await writer.publish('room', 'lost');
    expect((await reader.next('message')).data).toBe('lost');
  });

  it('[order-1] everything missed while the subscription was broken comes when it stands again', async () => {
    const reader = await TestClient.connect(`${green.ws}/ws`);
    const writer = await TestClient.connect(`${blue.ws}/ws`);
    await reader.subscribe('room');
    cluster.breakSubscription(green.workerId);
    for (let n = 1; n <= 30; n += 1) await writer.publish('room', n);
    cluster.restoreSubscription(green.workerId);
    await reader.next('message', ({ offset }) => offset === 30);
    expect(offsets(reader)).toEqual(upTo(30));
  });

  it('[order-3] [subscribed-1] a gap that the log can no longer fill is told: subscribed again, recovered false', async () => {
    const reader = await TestClient.connect(`${green.ws}/ws`);
    const writer = await TestClient.connect(`${blue.ws}/ws`);
    await reader.subscribe('room');
    await writer.publish('room', 'first');
    await reader.next('message');
    cluster.breakSubscription(green.workerId);
    for (let n = 0; n < 1_300; n += 1) writer.send({ type: 'publish', channel: 'room', data: n });
    await writer.publish('room', 'beyond');
    cluster.restoreSubscription(green.workerId);
    const told = await reader.next('subscribed');
    expect(told).toMatchObject({ channel: 'room', recovered: false });
    expect(told.id).toBeUndefined();
    await writer.publish('room', 'after');
    const last = await reader.next('message', ({ data }) => data === 'after');
    const since = reader.frames.slice(reader.frames.indexOf(told) + 1);
    const following = since.flatMap((frame) => (frame.type === 'message' && 'offset' in frame ? [frame.offset] : []));
    expect(following).toEqual(following.map((_, index) => told.offset + 1 + index));
    expect(last).toMatchObject({ offset: following.at(-1) });
  });
});

describe('when Redis goes and comes back', () => {
  it('[silent-1] [connect-8] refuses publishes with unavailable meanwhile, and new connections with 503', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    await client.next('system.welcome');
    cluster.disconnect();
    client.send({ type: 'publish', channel: 'room', data: 1, id: 'p' });
    expect(await client.next('error')).toMatchObject({ id: 'p', code: 'unavailable' });
    await expect(TestClient.connect(`${blue.ws}/ws`)).rejects.toThrow('503');
    const ready = await fetch(`${blue.http}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'not_ready' });
    cluster.reconnect();
    expect((await client.publish('room', 1, 'p')).duplicate).toBeUndefined();
  });

  it('[order-2] after a clean restart nobody is told to reload: offsets go on in a new epoch', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch } = await client.subscribe('room');
    await client.publish('room', 1);
    await client.next('message');
    cluster.restart({ keep: 'all' });
    expect(await client.publish('room', 2)).toMatchObject({ offset: 2 });
    const after = await client.next('message');
    expect(after).toMatchObject({ offset: 2, data: 2 });
    expect(client.all('subscribed')).toHaveLength(1);
    const again = await TestClient.connect(`${green.ws}/ws`);
    expect(await again.subscribe('room', { epoch, offset: 1 })).toMatchObject({ recovered: true, offset: 2 });
  });

  it('[order-3] [resume-6] with its data lost the epoch changes and recovered is false', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const before = await client.subscribe('room');
    await client.publish('room', 1);
    await client.next('message');
    cluster.restart({ keep: 'none' });
    const told = await client.next('subscribed');
    expect(told).toMatchObject({ recovered: false, offset: 0 });
    expect(told.epoch).not.toBe(before.epoch);
    const other = await TestClient.connect(`${green.ws}/ws`);
    expect(await other.subscribe('room', { epoch: before.epoch, offset: 1 })).toMatchObject({ recovered: false });
  });

  it('[acked-2] [order-3] an older state is noticed by who saw more, and only by them', async () => {
    const sawAll = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch } = await sawAll.subscribe('room');
    for (let n = 1; n <= 10; n += 1) await sawAll.publish('room', n);
    await sawAll.next('message', ({ offset }) => offset === 10);
    cluster.restart({ keep: { loseLast: 3 } });
    expect(await sawAll.next('subscribed')).toMatchObject({ recovered: false, offset: 7 });
    await sawAll.publish('room', 'new 8');
    // This worker never heard of the channel.
    const sawMore = await TestClient.connect(`${green.ws}/ws`);
    expect(await sawMore.subscribe('room', { epoch, offset: 8 })).toMatchObject({ recovered: false });
    const sawLess = await TestClient.connect(`${green.ws}/ws`);
    expect(await sawLess.subscribe('room', { epoch, offset: 7 })).toMatchObject({ recovered: true });
    expect((await sawLess.next('message')).data).toBe('new 8');
  });

  it('[acked-2] [resume-6] an older state is noticed through a worker that never heard of the channel, before anybody writes', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch } = await client.publish('room', 1);
    await client.publish('room', 2);
    if (epoch === undefined) throw new Error('an ack has an epoch');
    cluster.restart({ keep: { loseLast: 1 } });
    const other = await TestClient.connect(`${green.ws}/ws`);
    expect(await other.subscribe('room', { epoch, offset: 2 })).toMatchObject({ recovered: false, offset: 1 });
  });
});
