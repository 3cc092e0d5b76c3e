import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../broker/broker.js';
import { createRedisBroker } from '../broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../broker/testing/redis-server.js';
import { TestClient } from '../testing/client.js';
import { StreamClient } from '../testing/stream-client.js';
import { TextClient } from '../testing/text-client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const TOKEN = 'a control token for tests';
let redis: RedisServer;
let worker: TestWorker;
let other: TestWorker;

const start = (settings: Record<string, string>): Promise<TestWorker> =>
  startWorker((workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }), {
    CONTROL_TOKEN: TOKEN,
    SLOW_CONSUMER_BYTES: '65536',
    ...settings,
  });

beforeAll(async () => {
  redis = await startRedis({ appendonly: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.command('FLUSHALL');
  [worker, other] = await Promise.all([start({ COLOR: 'blue' }), start({ COLOR: 'green' })]);
});
afterEach(async () => {
  await Promise.all([worker.app.stop(), other.app.stop()]);
});

/** Every series of `/metrics/` with its value. */
const series = async ({ http }: TestWorker, scope = 'worker'): Promise<Map<string, number>> => {
  const text = await (await fetch(`${http}/metrics/?scope=${scope}`)).text();
  return new Map([...text.matchAll(/^(\w+(?:\{.*\})?) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
};
const figures = async (of: TestWorker, ...names: readonly string[]): Promise<(number | undefined)[]> => {
  const all = await series(of);
  return names.map((name) => all.get(name));
};
const figure = async (of: TestWorker, name: string): Promise<number> => (await series(of)).get(name) ?? Number.NaN;

describe('the metrics of a worker on a real Redis', () => {
  it('count who is connected, by name and by endpoint, and how and when they left', async () => {
    const open = [
      'websocket_active_connections',
      'websocket_active_named_connections',
      'websocket_active_anonymous_connections',
    ] as const;
    expect(await figures(worker, ...open)).toEqual([0, 0, 0]);
    const named = await TestClient.connect(`${worker.ws}/ws?client_id=ada`);
    const anonymous = await TestClient.connect(`${worker.ws}/ws/chat/`);
    const plain = await TextClient.connect(`${worker.ws}/ws/grace`);
    const stream = await StreamClient.connect(worker);
    await Promise.all([named.next('system.welcome'), anonymous.next('system.welcome')]);
    await expect.poll(() => figures(worker, ...open)).toEqual([4, 2, 2]);
    for (const endpoint of ['channels', 'chat', 'plain', 'metrics']) {
      expect(await figure(worker, `websocket_connections_total{endpoint="${endpoint}"}`)).toBe(1);
    }
    expect(await figure(worker, 'websocket_sessions_total{how="new"}')).toBe(2);
    expect(await figure(worker, 'websocket_subscribed_channels')).toBe(2);

    await named.close();
    plain.socket.terminate();
    await expect.poll(() => figures(worker, ...open)).toEqual([2, 0, 2]);
    await Promise.all([anonymous.close(), stream.close()]);
    await expect.poll(() => figures(worker, ...open)).toEqual([0, 0, 0]);
    expect(await figure(worker, 'websocket_disconnections_total{reason="client"}')).toBe(3);
    expect(await figure(worker, 'websocket_disconnections_total{reason="lost"}')).toBe(1);
    expect(await figure(worker, 'websocket_connection_duration_seconds_count')).toBe(4);
  });

  it('count messages from the frame to every worker that delivers them, and rates that decay', async () => {
    const [writer, reader] = await Promise.all([
      TestClient.connect(`${worker.ws}/ws`),
      TestClient.connect(`${other.ws}/ws`),
    ]);
    await reader.subscribe('room');
    for (let n = 1; n <= 50; n += 1) await writer.publish('room', n, `n${n}`);
    await writer.publish('room', 1, 'n1');
    writer.send({ type: 'dance', id: 'd' });
    await writer.answer('d');
    await reader.next('message', ({ offset }) => offset === 50);
    expect(await figure(worker, 'websocket_messages_received_total')).toBe(52);
    expect(await figure(worker, 'websocket_messages_total')).toBe(50);
    expect(await figure(worker, 'websocket_messages_duplicate_total')).toBe(1);
    expect(await figure(worker, 'websocket_publish_ack_seconds_count')).toBe(51);
    expect(await figure(worker, 'websocket_errors_total{type="unknown_type"}')).toBe(1);
    expect(await figure(worker, 'websocket_delivery_seconds_count')).toBe(0);
    expect(await figure(other, 'websocket_delivery_seconds_count')).toBe(50);
    expect(await figure(other, 'websocket_messages_sent_total')).toBe(52);

    const rates = ['websocket_received_per_sec', 'websocket_sent_per_sec'] as const;
    const [received = 0, sent = 0] = await figures(worker, ...rates);
    expect(Math.min(received, sent)).toBeGreaterThan(1);
    await expect
      .poll(async () => (await figures(worker, ...rates)).every((rate = 0) => rate < received / 2))
      .toBe(true);
  });

  it('have no series of what clients make up', async () => {
    const junk = Array.from({ length: 20 }, (_, n) => `junk${n}`);
    for (const name of junk) {
      for (const path of [name, `assets/${name}`, `ws/${name}`]) await fetch(`${worker.http}/${path}?${name}=${name}`);
      const client = await TestClient.connect(`${worker.ws}/ws?client_id=${name}`);
      await client.subscribe(name);
      client.send({ type: name, id: 'x' });
      await client.answer('x');
      await client.close();
      const plain = await TextClient.connect(`${worker.ws}/ws/${name}`);
      await plain.close();
    }
    const names = [...(await series(worker)).keys()];
    expect(names.filter((name) => name.includes('junk'))).toEqual([]);
    const routes = new Set(names.flatMap((name) => /route="([^"]*)"/.exec(name)?.[1] ?? []));
    expect([...routes].sort()).toEqual(['/assets/*', '/ws', '/ws/:client_id', 'unknown'].sort());
  });

  it('show a slow consumer and what waits for it, until it has read', async () => {
    const slow = await TestClient.connect(`${worker.ws}/ws`);
    const writer = await TestClient.connect(`${worker.ws}/ws`);
    await slow.subscribe('room');
    slow.socket.pause();
    const data = 'x'.repeat(60_000);
    const shown = ['websocket_slow_consumers', 'websocket_slow_consumers_total'] as const;
    await expect
      .poll(async () => {
        await Promise.all(Array.from({ length: 20 }, () => writer.publish('room', data)));
        return figures(worker, ...shown);
      })
      .toEqual([1, 1]);
    expect(await figure(worker, 'websocket_buffered_bytes')).toBeGreaterThan(65_536);
    slow.socket.resume();
    await expect.poll(() => figure(worker, 'websocket_slow_consumers')).toBe(0);
    await expect.poll(() => figure(worker, 'websocket_buffered_bytes')).toBe(0);
  });

  it('show publications that pub/sub lost and the log gave', async () => {
    const reader = await TestClient.connect(`${other.ws}/ws`);
    const writer = await TestClient.connect(`${worker.ws}/ws`);
    await reader.subscribe('room');
    await expect
      .poll(async () => {
        await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await Promise.all([1, 2, 3].map((n) => writer.publish('room', n)));
        return figure(other, 'websocket_gaps_filled_total');
      })
      .toBeGreaterThan(0);
    expect(await figure(other, 'websocket_orders_broken_total')).toBe(0);
  });

  it('show a Redis that hangs while it hangs, and what it takes when it does not', async () => {
    const shown = ['websocket_redis_up', 'websocket_pubsub_lag_seconds', 'websocket_redis_round_trip_seconds'] as const;
    const isWell = async (): Promise<boolean> => {
      const [up, lag = 9, roundTrip = 9] = await figures(worker, ...shown);
      return up === 1 && lag < 0.5 && lag > 0 && roundTrip > 0 && roundTrip < 0.5;
    };
    await expect.poll(isWell).toBe(true);
    await redis.freeze();
    await expect.poll(() => figure(worker, 'websocket_pubsub_lag_seconds')).toBeGreaterThan(1);
    await expect.poll(() => figure(worker, 'websocket_redis_up')).toBe(0);
    redis.resume();
    await expect.poll(isWell).toBe(true);
  });

  it('show a drain: that it runs, since when, and who is left', async () => {
    const shown = ['websocket_draining', 'websocket_drain_remaining_connections'] as const;
    const clients = await Promise.all([1, 2, 3].map(() => TestClient.connect(`${worker.ws}/ws`)));
    await Promise.all(clients.map((client) => client.next('system.welcome')));
    expect(await figures(worker, ...shown, 'websocket_drain_seconds')).toEqual([0, 0, 0]);
    worker.app.draining.begin('deploy', { rate: 100, holdMs: 60_000 });
    expect(await figures(worker, ...shown)).toEqual([1, 3]);
    expect(await figure(worker, 'websocket_drain_seconds')).toBeGreaterThan(0);
    await clients[0]?.close();
    await expect.poll(() => figures(worker, ...shown)).toEqual([1, 2]);
    await Promise.all(clients.map((client) => client.close()));
    await expect.poll(() => figures(worker, ...shown, 'websocket_drain_seconds')).toEqual([1, 0, 0]);
    worker.app.draining.cancel();
    expect(await figures(worker, ...shown)).toEqual([0, 0]);
  });

  it('of the cluster do not fall in any series that adds up when a worker is drained and stops', async () => {
    const [writer, reader] = await Promise.all([
      TestClient.connect(`${worker.ws}/ws`),
      TestClient.connect(`${other.ws}/ws`),
    ]);
    await reader.subscribe('room');
    for (let n = 1; n <= 20; n += 1) await writer.publish('room', n);
    writer.send('no JSON');
    await writer.next('error');
    await fetch(`${worker.http}/healthz/`);
    const isTotal = (name: string): boolean => /_(total|bucket|sum|count)(\{|$)/.test(name);
    await expect.poll(async () => (await series(worker, 'cluster')).get('websocket_messages_total')).toBe(20);
    const before = await series(worker, 'cluster');
    await worker.app.stop();
    const after = await series(other, 'cluster');
    const fallen = [...before].filter(([name, value]) => isTotal(name) && !((after.get(name) ?? -1) >= value));
    expect(fallen).toEqual([]);
    expect(after.get('websocket_disconnections_total{reason="moved"}')).toBe(1);
    expect([...after.keys()].filter((name) => name.startsWith('websocket_release_info'))).toHaveLength(1);
  });
});
