import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../broker/broker.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

/** Frame by frame: what is answered, in which order, and what is counted against a client. */
let cluster: MemoryCluster;
let broker: Broker;
let worker: TestWorker;

const start = async (
  settings: Record<string, string> = {},
  limits: NonNullable<Parameters<typeof createMemoryCluster>[0]>['limits'] = {},
): Promise<void> => {
  cluster = createMemoryCluster({ limits });
  worker = await startWorker((id) => (broker = cluster.broker(id)), settings);
};
const connect = (path = '/ws'): Promise<TestClient> => TestClient.connect(`${worker.ws}${path}`);
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => index + first);
afterEach(async () => {
  await worker.app.stop();
});

/** Subscriptions to channels that are not open yet wait for this. */
const holdListen = () => {
  let letThrough: () => void = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  const listen = broker.log.listen.bind(broker.log);
  const called = vi.spyOn(broker.log, 'listen').mockImplementationOnce(async (channel) => {
    await held;
    await listen(channel);
  });
  return { letThrough, isWaiting: () => vi.waitFor(() => expect(called).toHaveBeenCalled()) };
};

describe('frames behind a subscribe', () => {
  it('[order-1] [order-4] take effect after it, in order, and other channels do not wait', async () => {
    await start();
    const client = await connect();
    const room = holdListen();
    client.send({ type: 'subscribe', channel: 'room', id: 's' });
    for (const data of [1, 2]) client.send({ type: 'publish', channel: 'room', data, id: `p${data}` });
    client.send({ type: 'unsubscribe', channel: 'room', id: 'u' });
    await room.isWaiting();
    expect(await client.publish('elsewhere', 1)).toMatchObject({ message_count: 1 });
    expect(client.all('ack')).toHaveLength(1);
    room.letThrough();
    await client.next('ack', ({ id }) => id === 'p2');
    const answers = client.frames.filter(({ type }) => type === 'subscribed' || type === 'unsubscribed');
    expect(answers).toMatchObject([
      { type: 'subscribed', id: 's', offset: 0 },
      { type: 'unsubscribed', id: 'u' },
    ]);
  });

  it('run too when it fails, and the channel can be subscribed later', async () => {
    await start();
    const client = await connect();
    await client.next('system.welcome');
    cluster.breakSubscription(worker.workerId);
    const room = holdListen();
    client.send({ type: 'subscribe', channel: 'room', id: 's' });
    const acked = client.publish('room', 1);
    await client.settle();
    expect(client.all('ack')).toHaveLength(0);
    room.letThrough();
    expect(await client.next('error')).toMatchObject({ id: 's', code: 'unavailable' });
    expect(await acked).toMatchObject({ offset: 1 });
    cluster.restoreSubscription(worker.workerId);
    await client.subscribe('room');
    await client.publish('room', 2);
    expect((await client.next('message')).offset).toBe(2);
  });

  it('[silent-1] are refused as overloaded when there are too many of them', async () => {
    await start();
    const client = await connect();
    const room = holdListen();
    client.send({ type: 'subscribe', channel: 'room', id: 's' });
    for (let n = 0; n <= 1_000; n += 1) client.send({ type: 'publish', channel: 'room', data: n, id: `p${n}` });
    expect(await client.next('error')).toMatchObject({ code: 'overloaded' });
    room.letThrough();
    await client.next('ack', ({ offset }) => offset === 1_000);
    expect(client.all('error')).toHaveLength(1);
  });
});

describe('subscribe', () => {
  it('[subscribed-2] twice is to subscribe anew: offsets go on from what it says, once each', async () => {
    await start();
    const client = await connect();
    const { epoch } = await client.subscribe('room');
    for (let n = 1; n <= 3; n += 1) await client.publish('room', n);
    await client.next('message', ({ offset }) => offset === 3);
    const again = await client.subscribe('room', { epoch, offset: 1 });
    expect(again).toMatchObject({ recovered: true, offset: 3 });
    await client.publish('room', 4);
    await client.next('message', ({ offset }) => offset === 4);
    expect(client.all('message').map(({ offset }) => offset)).toEqual([1, 2, 3, 2, 3, 4]);
    client.send({ type: 'unsubscribe', channel: 'room', id: 'u' });
    await client.next('unsubscribed');
    await client.publish('room', 5);
    await client.settle();
    expect(client.all('message')).toHaveLength(6);
  });

  it('[subscribed-1] [subscribed-2] is told once that the order broke, however often it was made', async () => {
    await start();
    const client = await connect();
    for (let n = 0; n < 3; n += 1) await client.subscribe('room');
    await client.publish('room', 1);
    await client.next('message');
    cluster.restart({ keep: 'none' });
    const told = await client.next('subscribed', ({ id }) => id === undefined);
    expect(told).toMatchObject({ channel: 'room', recovered: false, offset: 0 });
    await client.publish('room', 'after');
    await client.next('message', ({ data }) => data === 'after');
    expect(client.all('subscribed')).toHaveLength(4);
  });
});

describe('publish', () => {
  it('[ack-1] is acked with its place, where the history has it', async () => {
    await start();
    const client = await connect();
    const { epoch, offset } = await client.publish('room', 'kept');
    client.send({ type: 'history', channel: 'room' });
    const { publications } = await client.next('history');
    expect(publications).toMatchObject([{ epoch, offset, data: 'kept' }]);
    // A time is ISO 8601 in UTC with milliseconds.
    expect(publications[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('[once-2] without an id goes to the log with one that no other has', async () => {
    await start();
    const client = await connect();
    await client.subscribe('room');
    const published = vi.spyOn(broker.log, 'publish');
    for (let n = 0; n < 3; n += 1) client.send({ type: 'publish', channel: 'room', data: 'the same' });
    await client.next('message', ({ offset }) => offset === 3);
    const ids = published.mock.calls.map(([{ id }]) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => id.length > 0)).toBe(true);
  });

  it('[move-5] [acked-1] in flight at the deadline is answered before the goodbye', async () => {
    await start({ DRAIN_GRACE: '0.2' });
    const client = await connect();
    await client.next('system.welcome');
    let letThrough: () => void = () => {};
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    const publish = broker.log.publish.bind(broker.log);
    vi.spyOn(broker.log, 'publish').mockImplementationOnce(async (request) => {
      await held;
      return publish(request);
    });
    client.send({ type: 'publish', channel: 'room', data: 1, id: 'p' });
    await client.settle();
    worker.app.draining.begin('deploy');
    await client.next('system.reconnect');
    const late = await connect();
    expect((await late.closed).code).toBe(1012);
    letThrough();
    expect((await client.closed).code).toBe(1012);
    expect(client.frames.slice(-2)).toMatchObject([
      { type: 'ack', id: 'p' },
      { type: 'system.bye', message_count: 1 },
    ]);
  });
});

describe('history', () => {
  it('[history-1] gives at most 100 where no limit is asked for, and at most 256 KiB, but always one', async () => {
    await start();
    const client = await connect();
    for (let n = 1; n <= 150; n += 1) await client.publish('short', n);
    client.send({ type: 'history', channel: 'short' });
    const newest = await client.next('history');
    expect(newest.publications.map(({ offset }) => offset)).toEqual(upTo(150, 51));
    expect(newest.more).toBe(true);
    for (let n = 1; n <= 6; n += 1) await client.publish('long', 'x'.repeat(60_000));
    client.send({ type: 'history', channel: 'long', limit: 6 });
    expect((await client.next('history')).publications.map(({ offset }) => offset)).toEqual(upTo(6, 3));
  });

  it('[history-2] says the newest place of the channel, and whether more lies beyond', async () => {
    await start();
    const client = await connect();
    for (let n = 1; n <= 5; n += 1) await client.publish('room', n);
    client.send({ type: 'history', channel: 'room', limit: 5 });
    const all = await client.next('history');
    expect(all).toMatchObject({ offset: 5, more: false });
    expect(all).not.toHaveProperty('recovered');
    client.send({ type: 'history', channel: 'room', limit: 2, since: { epoch: all.epoch, offset: 1 } });
    const page = await client.next('history');
    expect(page).toMatchObject({ offset: 5, epoch: all.epoch, more: true, recovered: true });
    expect(page.publications.map(({ offset }) => offset)).toEqual([2, 3]);
  });

  it('[history-3] says when it can not go on from a place, and begins with the oldest that is kept', async () => {
    await start({}, { historySize: 10 });
    const client = await connect();
    const { epoch } = await client.publish('room', 1);
    for (let n = 2; n <= 30; n += 1) await client.publish('room', n);
    client.send({ type: 'history', channel: 'room', since: { epoch, offset: 1 } });
    const answer = await client.next('history');
    expect(answer).toMatchObject({ recovered: false, more: false, offset: 30 });
    const offsets = answer.publications.map(({ offset }) => offset);
    expect(offsets).toEqual(upTo(30, offsets[0]));
    expect(offsets.length).toBeGreaterThanOrEqual(10);
  });

  it('[silent-1] is refused as unavailable while Redis is away', async () => {
    await start();
    const client = await connect();
    await client.next('system.welcome');
    cluster.disconnect();
    client.send({ type: 'history', channel: 'room', id: 'h' });
    expect(await client.next('error')).toMatchObject({ id: 'h', code: 'unavailable' });
  });
});

describe('errors in a row', () => {
  it('[error-2] do not count what is not the fault of the client', async () => {
    await start({ MAX_CLIENT_ERRORS: '3' });
    const client = await connect();
    await client.next('system.welcome');
    let fail: () => void = () => {};
    const failed = new Promise<never>((_, reject) => (fail = () => reject(new BrokerUnavailable('away'))));
    const publishing = vi.spyOn(broker.log, 'publish').mockReturnValue(failed);
    for (let n = 1; n <= 6; n += 1) client.send({ type: 'publish', channel: 'room', data: 1, id: `p${n}` });
    // All have been accepted as frames before the first one fails: nothing sets the count to zero in between.
    await client.settle();
    fail();
    await client.next('error', ({ id }) => id === 'p6');
    expect(client.all('error').map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => 'unavailable'));
    publishing.mockRestore();
    expect(await client.publish('room', 1)).toMatchObject({ message_count: 1 });
  });

  it('[error-2] begin anew after any frame that was accepted, text on /ws/chat/ included', async () => {
    await start({ MAX_CLIENT_ERRORS: '3' });
    const client = await connect('/ws/chat/');
    for (let n = 1; n <= 3; n += 1) {
      client.send({ hello: n });
      client.send({ hello: n });
      client.send('text');
      await client.next('ack', ({ message_count: count }) => count === n);
    }
    for (let n = 0; n < 3; n += 1) client.send({ hello: n });
    expect((await client.closed).code).toBe(1008);
  });
});

describe('system.ping', () => {
  it('[alive-2] [frame-6] is answered with its id and the time; pong and heartbeat are not answered', async () => {
    await start();
    const client = await connect();
    client.send({ type: 'system.pong', id: 'a' });
    client.send({ type: 'system.heartbeat' });
    client.send({ type: 'system.ping' });
    expect(await client.next('system.pong')).not.toHaveProperty('id');
    client.send({ type: 'system.ping', id: 'mine' });
    const pong = await client.next('system.pong');
    expect(pong.id).toBe('mine');
    expect(pong.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(client.frames.map(({ type }) => type)).toEqual(['system.welcome', 'system.pong', 'system.pong']);
  });
});
