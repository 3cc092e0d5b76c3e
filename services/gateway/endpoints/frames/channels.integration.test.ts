import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', WORKER: '1' });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', WORKER: '1' });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

describe('/ws', () => {
  it('[connect-1] begins with a welcome that names session, connection, client, color and worker', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws/?client_id=ada`);
    const welcome = await client.next('system.welcome');
    expect(client.frames[0]).toBe(welcome);
    expect(welcome).toMatchObject({
      protocol: 1,
      client_id: 'ada',
      resumed: false,
      message_count: 0,
      color: 'blue',
      worker: '1',
      heartbeat_interval: 30,
    });
  });

  it('[connect-2] gives an anonymous client a name of its own', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    expect((await client.next('system.welcome')).client_id).toMatch(/^anon-[0-9a-f]{8}$/);
  });

  it.each(['chat', 'metrics', 'echo', 'anon-00000000', 'with space', 'x'.repeat(65), ''])(
    '[connect-3] refuses the name %j before the upgrade, with a reason',
    async (name) => {
      const url = `${blue.http}/ws?client_id=${encodeURIComponent(name)}`;
      await expect(TestClient.connect(url.replace('http', 'ws'))).rejects.toThrow('400');
    },
  );

  it('[connect-1] takes frames that arrive before the session is open, in order', async () => {
    const client = new TestClient(`${blue.ws}/ws`);
    client.socket.once('open', () => {
      client.send({ type: 'subscribe', channel: 'early', id: 's' });
      client.send({ type: 'publish', channel: 'early', data: 1, id: 'p' });
    });
    await client.next('subscribed');
    await client.next('ack');
    expect((await client.next('message')).data).toBe(1);
  });

  it('[order-1] two clients on two colors see the same messages in the same order', async () => {
    const [one, two] = await Promise.all([TestClient.connect(`${blue.ws}/ws`), TestClient.connect(`${green.ws}/ws`)]);
    await Promise.all([one.subscribe('room'), two.subscribe('room')]);
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : two).publish('room', index, `m${index}`)),
    );
    await Promise.all([one, two].map((client) => client.next('message', ({ offset }) => offset === 50)));
    const seen = (client: TestClient) => client.all('message').map(({ offset, data }) => [offset, data]);
    expect(seen(one)).toHaveLength(50);
    expect(seen(one).map(([offset]) => offset)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(seen(two)).toEqual(seen(one));
  });

  it('[order-4] publishes of one connection to one channel keep their order', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    await client.subscribe('line');
    for (let n = 1; n <= 200; n += 1) client.send({ type: 'publish', channel: 'line', data: n });
    await client.next('message', ({ offset }) => offset === 200);
    expect(client.all('message').map(({ data }) => data)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  it('[once-1] [ack-2] [count-1] acks a publish sent again with the first offset, on any worker, and publishes it once', async () => {
    const first = await TestClient.connect(`${blue.ws}/ws`);
    const { session_id: session } = await first.next('system.welcome');
    await first.subscribe('room');
    const ack = await first.publish('room', 'hello', 'same');
    expect(ack).toMatchObject({ offset: 1, message_count: 1 });
    expect(ack.duplicate).toBeUndefined();
    const second = await TestClient.connect(`${green.ws}/ws?session=${session}`);
    await second.subscribe('room');
    expect(await second.publish('room', 'hello', 'same')).toMatchObject({
      offset: 1,
      duplicate: true,
      message_count: 1,
    });
    expect(await second.publish('room', 'other', 'other')).toMatchObject({ offset: 2, message_count: 2 });
    await second.next('message', ({ offset }) => offset === 2);
    expect(second.all('message')).toHaveLength(1);
  });

  it('[resume-1] [connect-2] [count-1] resumes a session on another worker with its name and count', async () => {
    const first = await TestClient.connect(`${blue.ws}/ws?client_id=ada`);
    const { session_id: session } = await first.next('system.welcome');
    await first.publish('a', 1);
    await first.publish('a', 2);
    await first.publish('b', 3);
    await first.close();
    const second = await TestClient.connect(`${green.ws}/ws?session=${session}&client_id=somebody`);
    expect(await second.next('system.welcome')).toMatchObject({
      session_id: session,
      resumed: true,
      client_id: 'ada',
      message_count: 3,
    });
  });

  it('[resume-5] a session lives as long as a connection uses it, however long that is', async () => {
    const shortLived = createMemoryCluster({ limits: { sessionTtlSeconds: 1 } });
    const broker = shortLived.broker('lives');
    const touch = vi.spyOn(broker.sessions, 'touch');
    const worker = await startWorker(() => broker, { SESSION_TTL: '1' });
    const client = await TestClient.connect(`${worker.ws}/ws?client_id=ada`);
    const { session_id: session } = await client.next('system.welcome');
    await client.publish('room', 1);
    // Each is a quarter of its life.
    await expect.poll(() => touch.mock.calls.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(6);
    await client.close();
    const back = await TestClient.connect(`${worker.ws}/ws?session=${session}`);
    expect(await back.next('system.welcome')).toMatchObject({ resumed: true, client_id: 'ada', message_count: 1 });
    await worker.app.stop();
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'nonsense'])(
    '[connect-4] gives a new session for %j, which is unknown',
    async (session) => {
      const client = await TestClient.connect(`${blue.ws}/ws?session=${session}`);
      const welcome = await client.next('system.welcome');
      expect(welcome.resumed).toBe(false);
      expect(welcome.session_id).not.toBe(session);
    },
  );

  it('[connect-7] [close-4409] replaces the older connection of a session, on another worker too', async () => {
    const first = await TestClient.connect(`${blue.ws}/ws`);
    const { session_id: session } = await first.next('system.welcome');
    await TestClient.connect(`${green.ws}/ws?session=${session}`);
    expect((await first.closed).code).toBe(4409);
    expect(first.frames.at(-1)).toMatchObject({ type: 'system.bye' });
  });

  it('[resume-2] [order-1] recovers what was missed, in order, then goes on live', async () => {
    const reader = await TestClient.connect(`${blue.ws}/ws`);
    const writer = await TestClient.connect(`${green.ws}/ws`);
    const { epoch } = await reader.subscribe('room');
    await writer.publish('room', 1);
    await reader.next('message');
    await reader.close();
    for (let n = 2; n <= 400; n += 1) writer.send({ type: 'publish', channel: 'room', data: n });
    await writer.publish('room', 401);
    const back = await TestClient.connect(`${green.ws}/ws`);
    expect(await back.subscribe('room', { epoch, offset: 1 })).toMatchObject({ recovered: true, offset: 401 });
    await writer.publish('room', 402);
    await back.next('message', ({ offset }) => offset === 402);
    expect(back.all('message').map(({ offset }) => offset)).toEqual(
      Array.from({ length: 401 }, (_, index) => index + 2),
    );
  });

  it.each([
    ['an epoch that never was', { epoch: 'never', offset: 1 }],
    ['an offset that is still to come', { epoch: undefined, offset: 900 }],
  ])('[resume-6] says recovered false for %s, and goes on live', async (_, place) => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch } = await client.publish('room', 1);
    if (epoch === undefined) throw new Error('an ack has an epoch');
    const recover = { epoch: place.epoch ?? epoch, offset: place.offset };
    expect(await client.subscribe('room', recover)).toMatchObject({ recovered: false, offset: 1 });
    await client.publish('room', 2);
    expect((await client.next('message')).offset).toBe(2);
  });

  it('[resume-5] [resume-6] says recovered false when the history no longer reaches back', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch, offset } = await client.publish('room', 0);
    if (epoch === undefined || offset === undefined) throw new Error('an ack has a place');
    for (let n = 0; n < 1_300; n += 1) client.send({ type: 'publish', channel: 'room', data: n });
    await client.publish('room', 'last');
    expect(await client.subscribe('room', { epoch, offset })).toMatchObject({ recovered: false });
  });

  it('[history-1] [history-2] gives the history, newest first page or since a place, and says whether more remains', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    for (let n = 1; n <= 5; n += 1) await client.publish('room', n);
    client.send({ type: 'history', channel: 'room', limit: 2, id: 'h' });
    const newest = await client.next('history');
    expect(newest).toMatchObject({ id: 'h', channel: 'room', offset: 5, more: true });
    expect(newest.publications.map(({ offset }) => offset)).toEqual([4, 5]);
    client.send({ type: 'history', channel: 'room', since: { epoch: newest.epoch, offset: 2 } });
    const since = await client.next('history');
    expect(since).toMatchObject({ more: false, recovered: true });
    expect(since.publications.map(({ data }) => data)).toEqual([3, 4, 5]);
  });

  it('delivers nothing after unsubscribed, and refuses to unsubscribe twice', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    await client.subscribe('room');
    client.send({ type: 'unsubscribe', channel: 'room', id: 'u1' });
    expect(await client.next('unsubscribed')).toMatchObject({ id: 'u1', channel: 'room' });
    await client.publish('room', 'unheard');
    client.send({ type: 'unsubscribe', channel: 'room', id: 'u2' });
    expect(await client.next('error')).toMatchObject({ id: 'u2', code: 'not_subscribed' });
    expect(client.all('message')).toHaveLength(0);
  });

  it('[frame-4] does not ack a publish without an id, but accepts it', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    await client.subscribe('room');
    client.send({ type: 'publish', channel: 'room', data: 'quiet' });
    expect((await client.next('message')).data).toBe('quiet');
    await client.settle();
    expect(client.all('ack')).toHaveLength(0);
  });

  it('[connect-5] selects the subprotocol only when it is asked for', async () => {
    const plain = await TestClient.connect(`${blue.ws}/ws`);
    expect(plain.socket.protocol).toBe('');
    const asking = await TestClient.connect(`${blue.ws}/ws`, { protocols: ['switchyard.v1', 'bearer.abc'] });
    expect(asking.socket.protocol).toBe('switchyard.v1');
  });

  it('[connect-6] never logs a session_id or a payload', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { session_id: session } = await client.next('system.welcome');
    await client.publish('room', 'a secret payload');
    await client.close();
    const logged = JSON.stringify(blue.logs);
    expect(logged).toContain('websocket_message_processed');
    expect(logged).not.toContain(session);
    expect(logged).not.toContain('a secret payload');
  });
});
