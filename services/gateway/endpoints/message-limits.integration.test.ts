import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../broker/broker.js';
import { DEFAULT_LIMITS } from '../broker/broker.js';
import { BrokerOverloaded, BrokerUnavailable } from '../broker/channel-log.js';
import { createRedisBroker } from '../broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../broker/testing/redis-server.js';
import { TestClient } from '../testing/client.js';
import { StreamClient } from '../testing/stream-client.js';
import { TextClient } from '../testing/text-client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const TOKEN = 'a control token for tests';
/** 20 at once, and then one each 3 s: none grows back within a test, unless it waits for that. */
const SLOW = { RATE_LIMIT_MESSAGES_PER_WINDOW: '10', RATE_LIMIT_MESSAGE_WINDOW: '30' };
const BURST = 20;
/** The same, and one each 0.7 s. */
const QUICK = { RATE_LIMIT_MESSAGES_PER_WINDOW: '10', RATE_LIMIT_MESSAGE_WINDOW: '7' };

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ appendonly: false });
});
afterAll(() => redis.stop());
beforeEach(() => redis.command('FLUSHALL'));

const workers: TestWorker[] = [];
const start = async (
  settings: Readonly<Record<string, string>>,
  change: (broker: Broker) => Broker = (broker) => broker,
): Promise<TestWorker> => {
  const broker = (workerId: string) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS });
  const worker = await startWorker((id) => change(broker(id)), {
    RATE_LIMIT_TRUSTED: 'none',
    CONTROL_TOKEN: TOKEN,
    ...settings,
  });
  workers.push(worker);
  return worker;
};
afterEach(async () => {
  await Promise.all(workers.splice(0).map(({ app }) => app.stop()));
});

/** Publishes so many at once; resolves with how many were acked when all are answered. */
const publishMany = async (client: TestClient, n: number): Promise<number> => {
  const before = client.all('ack').length;
  for (let at = 0; at < n; at += 1) client.send({ type: 'publish', channel: 'room', data: at, id: `i${at}` });
  await client.settle();
  await vi.waitFor(() => expect(answered(client)).toBe(0), { timeout: 5_000, interval: 5 });
  return client.all('ack').length - before;
  function answered(of: TestClient): number {
    return before + n - of.all('ack').length - of.all('system.rate_limited').length;
  }
};
const open = async (worker: TestWorker, session?: string, headers = {}): Promise<TestClient> =>
  TestClient.connect(`${worker.ws}/ws${session === undefined ? '' : `?session=${session}`}`, { headers });
const sessionOf = async (client: TestClient): Promise<string> => (await client.next('system.welcome')).session_id;
const stats = async ({ http }: TestWorker) =>
  (await (await fetch(`${http}/ws-stats`)).json()) as {
    rate_limiting: Record<string, unknown>;
    connections: { client_id: string; allowance: number | null }[];
  };

describe('the messages of a connection', () => {
  it('[limit-1] [limit-2] are taken up to the burst; who waits as long as he is told succeeds', async () => {
    const client = await open(await start(QUICK));
    expect(await publishMany(client, BURST)).toBe(BURST);
    client.send({ type: 'publish', channel: 'room', data: 'more', id: 'more' });
    const limited = await client.next('system.rate_limited');
    expect(limited).toMatchObject({ id: 'more', violations: 1, limit: 10, window: 7 });
    expect(limited.retry_after).toBeGreaterThan(0);
    expect(limited.retry_after).toBeLessThanOrEqual(0.7);
    await delay(limited.retry_after * 1000 + 1);
    expect((await client.publish('room', 'more', 'more')).duplicate).toBeUndefined();
  });

  it('[limit-4] are all but system frames, text and what can not be read included', async () => {
    const client = await TestClient.connect(`${(await start(SLOW)).ws}/ws/chat/`);
    await client.next('subscribed');
    for (let at = 0; at < 100; at += 1) client.send({ type: 'system.ping' });
    client.send({ type: 'subscribe', channel: 'a' });
    client.send('{"type":"publish"}');
    for (let at = 2; at < BURST; at += 1) client.send(`line ${at}`);
    await client.settle();
    expect(client.all('system.rate_limited')).toHaveLength(0);
    client.send('one more');
    expect(await client.next('system.rate_limited')).not.toHaveProperty('id');
    client.send({ type: 'history', channel: 'a', id: 'h' });
    expect(await client.next('system.rate_limited')).toMatchObject({ id: 'h', violations: 2 });
    await client.settle();
    expect(client.all('system.pong').length).toBeGreaterThanOrEqual(101);
  });

  it('[limit-5] [close-4429] close after three violations in a row; one that is taken begins the count anew', async () => {
    const worker = await start(QUICK);
    const client = await open(worker);
    expect(await publishMany(client, BURST)).toBe(BURST);
    const violate = async (): Promise<number> => {
      client.send({ type: 'publish', channel: 'room', data: 0 });
      return (await client.next('system.rate_limited')).violations;
    };
    expect([await violate(), await violate()]).toEqual([1, 2]);
    await delay(701);
    await client.publish('room', 'good', 'good');
    expect([await violate(), await violate(), await violate()]).toEqual([1, 2, 3]);
    expect((await client.closed).code).toBe(4429);
    expect(client.frames.at(-1)).toMatchObject({ type: 'system.bye', message_count: BURST + 1 });
    expect(worker.logs).toContainEqual(expect.objectContaining({ event: 'websocket_disconnected', code: 4429 }));
  });

  it('[limit-3] belong to the session: whoever hops to another worker, or reconnects, gains nothing', async () => {
    const [blue, green] = [await start(SLOW), await start({ ...SLOW, COLOR: 'green' })];
    const client = await open(blue);
    const session = await sessionOf(client);
    expect(await publishMany(client, 13)).toBe(13);
    client.socket.terminate();
    await client.closed;
    const elsewhere = await open(green, session);
    expect(await elsewhere.next('system.welcome')).toMatchObject({ resumed: true });
    // At once: what is under way with the end of the old connection comes to it within the next tenth.
    expect(await publishMany(elsewhere, 9)).toBeLessThanOrEqual(9);
    await elsewhere.close();
    const back = await open(blue, session);
    expect(await publishMany(back, 1)).toBe(0);
  });

  it('[limit-3] [limit-5] who comes back has its violations counted anew, and gets nothing by that', async () => {
    const worker = await start(SLOW);
    const client = await open(worker);
    const session = await sessionOf(client);
    expect(await publishMany(client, BURST + 2)).toBe(BURST);
    expect(client.all('system.rate_limited').at(-1)).toMatchObject({ violations: 2 });
    await client.close();
    const back = await open(worker, session);
    expect(await publishMany(back, 2)).toBe(0);
    expect(back.all('system.rate_limited').map(({ violations }) => violations)).toEqual([1, 2]);
  });

  it('[limit-3] are shared by the old and the new connection of a move', async () => {
    const [blue, green] = [await start({ ...SLOW, DRAIN_GRACE: '2' }), await start({ ...SLOW, COLOR: 'green' })];
    const old = await open(blue);
    const session = await sessionOf(old);
    expect(await publishMany(old, 11)).toBe(11);
    blue.app.draining.begin('deploy');
    await old.next('system.reconnect');
    const next = await open(green, session);
    await next.next('system.welcome');
    expect(await publishMany(next, 10)).toBe(9);
    next.socket.terminate();
    old.socket.terminate();
  });

  it('[limit-4] cost nothing where the server could not do them', async () => {
    let error: Error | undefined;
    const worker = await start(SLOW, (broker) => ({
      ...broker,
      log: Object.assign(Object.create(broker.log), {
        publish: (request: Parameters<Broker['log']['publish']>[0]) =>
          error === undefined ? broker.log.publish(request) : Promise.reject(error),
      }) as Broker['log'],
    }));
    const client = await open(worker);
    for (const fault of [new BrokerOverloaded(), new BrokerUnavailable()]) {
      error = fault;
      for (let at = 0; at < BURST; at += 1) {
        client.send({ type: 'publish', channel: 'room', data: 1, id: `e${at}` });
        await client.next('error');
      }
    }
    error = undefined;
    expect(await publishMany(client, BURST + 1)).toBe(BURST);
    expect(await (await fetch(`${worker.http}/metrics/`)).text()).toContain(`websocket_queue_overflows_total ${BURST}`);
  });

  it('[limit-8] are free for trusted addresses and the stack itself, and no header from outside claims one', async () => {
    const proxied = { ...SLOW, RATE_LIMIT_TRUSTED: '192.0.2.0/24, 2001:db8::/32' };
    const believing = await start(proxied);
    const wary = await start({ ...proxied, TRUSTED_PROXIES: '10.0.0.0/8' });
    const count = async (worker: TestWorker, headers: Record<string, string>): Promise<number> =>
      publishMany(await open(worker, undefined, headers), BURST + 2);
    expect(await count(believing, { 'X-Real-IP': '192.0.2.7' })).toBe(BURST + 2);
    expect(await count(believing, { 'X-Real-IP': '2001:db8::7' })).toBe(BURST + 2);
    expect(await count(believing, { 'X-Real-IP': '198.51.100.1' })).toBe(BURST);
    expect(await count(wary, { 'X-Real-IP': '192.0.2.7', 'X-Forwarded-For': '192.0.2.7' })).toBe(BURST);
    expect(await count(wary, { Authorization: `Bearer ${TOKEN}` })).toBe(BURST + 2);
  });

  it('[limit-4] are free as far as a resumed session only recovers its channels', async () => {
    const worker = await start(SLOW);
    const first = await open(worker);
    const session = await sessionOf(first);
    const { epoch } = await first.subscribe('room');
    expect(await publishMany(first, BURST - 1)).toBe(BURST - 1);
    await first.close();
    const again = await open(worker, session);
    for (let at = 0; at < 40; at += 1) expect(await again.subscribe(`r${at}`, { epoch, offset: 0 })).toBeDefined();
    again.send({ type: 'subscribe', channel: 'new' });
    await again.next('system.rate_limited');
  });
});

describe('endpoints without frames', () => {
  it('[limit-9] the plain chat does not take a line that is too many, and closes with 4429', async () => {
    const ada = await TextClient.connect(`${(await start(SLOW)).ws}/ws/ada`);
    for (let at = 1; at <= BURST + 3; at += 1) ada.say(`line ${at}`);
    expect((await ada.closed).code).toBe(4429);
    expect(ada.texts).not.toContain(`You sent: line ${BURST + 1}`);
  });

  it('[limit-9] the metrics stream says it in an Error, and closes with 4429', async () => {
    const stream = await StreamClient.connect(await start(SLOW));
    for (let at = 1; at <= BURST + 3; at += 1) stream.send({ metrics: [] });
    expect((await stream.closed).code).toBe(4429);
    expect(stream.all('Error')).toHaveLength(3);
    expect(stream.all('Error')[0]?.['message']).toMatch(/^too fast: try again in [\d.]+ s$/);
  });
});

describe('who looks', () => {
  it('[stats-5] sees who is limited in the whole cluster, what each may send, the health and the settings', async () => {
    const [blue, green] = [await start(SLOW), await start({ ...SLOW, COLOR: 'green' })];
    const health = async (): Promise<unknown> => {
      const body = (await (await fetch(`${green.http}/healthz/`)).json()) as Record<string, unknown>;
      return body['rate_limiting'];
    };
    const ann = await TestClient.connect(`${blue.ws}/ws?client_id=ann`);
    const bob = await TestClient.connect(`${green.ws}/ws?client_id=bob`);
    const probe = await TestClient.connect(`${blue.ws}/ws?client_id=probe`, {
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    await Promise.all([ann, bob, probe].map((client) => client.next('system.welcome')));
    await publishMany(ann, 5);
    expect(await health()).toBe('ok');
    await publishMany(bob, BURST + 2);
    expect(await health()).toBe('warning');
    const rows = (await stats(blue)).connections;
    const allowance = (name: string) => rows.find(({ client_id: id }) => id === name)?.allowance;
    expect([allowance('ann'), allowance('bob'), allowance('probe')]).toEqual([BURST - 5, 0, null]);
    bob.send({ type: 'publish', channel: 'room', data: 1 });
    expect((await bob.closed).code).toBe(4429);
    expect(await health()).toBe('critical');
    expect((await fetch(`${green.http}/healthz/`)).status).toBe(200);
    await vi.waitFor(
      async () =>
        expect((await stats(blue)).rate_limiting).toEqual({
          limited_messages: 3,
          limited_connections: 0,
          disconnects: 1,
          top_clients: [{ client_id: 'bob', messages: 3, connections: 0, disconnects: 1 }],
          top_ips: [{ ip: '127.0.0.1', messages: 3, connections: 0, disconnects: 1 }],
        }),
      { timeout: 5_000 },
    );
    expect(await (await fetch(`${blue.http}/info/config`)).json()).toMatchObject({
      rate_limiting: {
        messages_per_window: 10,
        message_window: 30,
        connections_per_window: 10,
        connection_window: 60,
        burst_multiplier: 2,
        disconnect_after: 3,
      },
      queue: { max_queue_size: 10_000, consumer_pool_size: 4 },
    });
  });

  it('[limit-4] are not given back where a recovery that cost nothing fails', async () => {
    const worker = await start({ ...SLOW, RATE_LIMIT_DISCONNECT_AFTER: '100' }, (broker) => {
      const listen = broker.log.listen.bind(broker.log);
      vi.spyOn(broker.log, 'listen').mockImplementation((channel) =>
        channel === 'ill' ? Promise.reject(new BrokerUnavailable('no answer')) : listen(channel),
      );
      return broker;
    });
    const first = await open(worker);
    const session = await sessionOf(first);
    expect(await publishMany(first, 10)).toBe(10);
    await first.close();
    const again = await open(worker, session);
    await again.next('system.welcome');
    for (let n = 0; n < 5; n += 1) {
      again.send({ type: 'subscribe', channel: 'ill', recover: { epoch: 'e', offset: 0 } });
      expect(await again.next('error')).toMatchObject({ code: 'unavailable' });
    }
    expect(await publishMany(again, BURST)).toBe(BURST - 10);
  });
});
