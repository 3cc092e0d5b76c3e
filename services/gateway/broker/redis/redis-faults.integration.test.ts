import { describe, expect, it, onTestFinished } from 'vitest';
import type { BrokerLimits } from '../broker.js';
import { DEFAULT_LIMITS } from '../broker.js';
import { BrokerOverloaded, BrokerUnavailable } from '../channel-log.js';
import type { Accepted } from '../channel-log.js';
import { startRedis } from '../testing/redis-server.js';
import type { RedisServerOptions } from '../testing/redis-server.js';
import { startProxy } from '../testing/tcp-proxy.js';
import { Ear, PAGE, ROOM, channelNamed, eventually, isWell, numbered, say } from '../testing/world.js';
import { createRedisBroker } from './redis-broker.js';

const redisFor = async (options: RedisServerOptions = {}) => {
  const redis = await startRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
};
const proxyFor = async (port: number) => {
  const proxy = await startProxy(port);
  onTestFinished(() => proxy.stop());
  return proxy;
};
const workerOn = async (url: string, limits: Partial<BrokerLimits> = {}, workerId = 'w1') => {
  const broker = createRedisBroker({ url, workerId, limits: { ...DEFAULT_LIMITS, ...limits } });
  const ear = new Ear();
  onTestFinished(() => broker.stop());
  await broker.start(ear);
  return { broker, ear };
};
const through = ({ port }: Readonly<{ port: number }>) => `redis://127.0.0.1:${port}`;

describe('lost replies', () => {
  it('asks again in order, doubles nothing, and answers as if the first reply had come', async () => {
    const redis = await redisFor();
    const proxy = await proxyFor(redis.port);
    const { broker, ear } = await workerOn(through(proxy));
    const witness = await workerOn(redis.url, {}, 'w2');
    await Promise.all([broker.log.listen(ROOM), witness.broker.log.listen(ROOM)]);
    await say(broker, ROOM, 'known');
    proxy.swallowReplies();
    const outcome = say(broker, ROOM, ...numbered('m', 1, 20), 'known');
    await eventually(() => expect(witness.ear.bodies).toHaveLength(21));
    proxy.cut();
    const accepted = await outcome;
    expect(accepted.map(({ offset, count, duplicate }) => [offset, count, duplicate])).toEqual([
      ...Array.from({ length: 20 }, (_, index) => [index + 2, index + 2, false]),
      [1, 21, true],
    ]);
    await eventually(() => expect(ear.resumptions).toBe(1));
    await say(broker, ROOM, 'end');
    await eventually(() => expect(witness.ear.bodies).toEqual(['known', ...numbered('m', 1, 20), 'end']));
  });

  it('loses and doubles nothing when Redis is killed in the middle of a burst, and keeps the order', async () => {
    const redis = await redisFor();
    const limits = { historySize: 100_000, dedupeMaxIds: 100_000 };
    const workers = await Promise.all(['w1', 'w2'].map((id) => workerOn(redis.url, limits, id)));
    const acked: (Accepted & Readonly<{ body: string }>)[] = [];
    const refused: unknown[] = [];
    const runs = workers.map(async ({ broker }, index) => {
      const publish = async (body: string) => {
        try {
          acked.push({
            body,
            ...(await broker.log.publish({ channel: ROOM, publisher: `p${index}`, id: body, body })),
          });
        } catch (error) {
          refused.push(error);
        }
      };
      let sent = 0;
      for (let kill = 0; kill < 3; kill += 1) {
        await isWell(broker);
        await Promise.all(numbered(`w${index}:`, sent + 1, sent + 2_000).map(publish));
        sent += 2_000;
      }
    });
    for (let kill = 1; kill <= 3; kill += 1) {
      await eventually(() => expect(acked.length).toBeGreaterThan(kill * 1_500));
      await redis.kill();
      await redis.revive();
    }
    await Promise.all(runs);
    expect(refused).toEqual([]);
    const { broker } = workers[0]!;
    await isWell(broker);
    const { publications } = await broker.log.read({ channel: ROOM, limit: 100_000, maxBytes: 100_000_000 });
    const bodyAt = new Map(publications.map(({ offset, body }) => [offset, body]));
    expect(publications).toHaveLength(12_000);
    expect(new Set(bodyAt.values()).size).toBe(12_000);
    for (const { offset, body, duplicate } of acked) {
      expect([bodyAt.get(offset), duplicate]).toEqual([body, false]);
    }
    for (const index of [0, 1]) {
      const order = publications.map(({ body }) => body).filter((body) => body.startsWith(`w${index}:`));
      expect(order).toEqual(numbered(`w${index}:`, 1, 6_000));
    }
  });

  it('goes on when Redis forgets its scripts, without another order', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis.url);
    for (let round = 1; round <= 3; round += 1) {
      const burst = say(broker, ROOM, ...numbered(`${round}:`, 1, 500));
      await redis.command('SCRIPT', 'FLUSH');
      const accepted = await burst;
      expect(accepted.every(({ duplicate }) => !duplicate)).toBe(true);
      await redis.command('SCRIPT', 'FLUSH');
      const late = say(broker, ROOM, ...numbered(`late ${round}:`, 1, 10));
      expect((await late).map(({ offset }) => offset)).toEqual(
        Array.from({ length: 10 }, (_, index) => round * 510 - 9 + index),
      );
      await isWell(broker);
    }
    const { publications } = await broker.log.read({ channel: ROOM, limit: 520, maxBytes: 1_000_000 });
    expect(publications.map(({ body }) => body).slice(-510)).toEqual([
      ...numbered('3:', 1, 500),
      ...numbered('late 3:', 1, 10),
    ]);
  });
});

describe('refusals', () => {
  it('refuses a publish without an answer after publishTimeoutMs, and more than maxQueueSize at once', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis.url, { publishTimeoutMs: 300, maxQueueSize: 5 });
    redis.freeze();
    const waiting = say(broker, ROOM, ...numbered('m', 1, 5));
    await expect(say(broker, ROOM, 'm6')).rejects.toThrow(BrokerOverloaded);
    await expect(waiting).rejects.toThrow(BrokerUnavailable);
    redis.resume();
    await isWell(broker);
    // Their outcome was unknown; the same id asks for it.
    const again = await say(broker, ROOM, ...numbered('m', 1, 5));
    expect(again.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses with BrokerUnavailable what Redis itself refuses, and goes on when it no longer does', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis.url);
    await say(broker, ROOM, 'a');
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await expect(say(broker, ROOM, 'b')).rejects.toThrow(/OOM/);
    await expect(say(broker, ROOM, 'b')).rejects.toThrow(BrokerUnavailable);
    expect(await broker.log.read({ channel: ROOM, ...PAGE })).toMatchObject({ top: { offset: 1 } });
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    expect((await say(broker, ROOM, 'b'))[0]).toMatchObject({ offset: 2, duplicate: false });
  });

  it('leaves a Redis that became a replica, and refuses meanwhile', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis.url);
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await expect(say(broker, ROOM, 'a')).rejects.toThrow(BrokerUnavailable);
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await isWell(broker);
    await eventually(async () => expect((await say(broker, ROOM, 'a'))[0]).toMatchObject({ offset: 1 }));
  });
});

describe('connections', () => {
  it('starts while Redis is away, says so, and works as soon as it is there', async () => {
    const redis = await redisFor();
    await redis.kill();
    const startedMs = performance.now();
    const { broker, ear } = await workerOn(redis.url);
    expect(performance.now() - startedMs).toBeLessThan(2_500);
    expect(broker.health()).toEqual({
      redis: expect.stringContaining('ECONNREFUSED') as unknown,
      subscribed: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    await redis.revive();
    await isWell(broker);
    expect(await say(broker, ROOM, 'a')).toHaveLength(1);
    expect(ear.resumptions).toBe(0);
  });

  it('starts within two seconds when Redis hangs, and stops as quickly', async () => {
    const redis = await redisFor();
    redis.freeze();
    const startedMs = performance.now();
    const { broker } = await workerOn(redis.url);
    expect(performance.now() - startedMs).toBeLessThan(2_500);
    expect(broker.health().redis).toBeDefined();
    await broker.stop();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('notices a Redis that hangs, and sends what was outstanding when it goes on', async () => {
    const redis = await redisFor();
    const { broker, ear } = await workerOn(redis.url, { publishTimeoutMs: 20_000 });
    await broker.log.listen(ROOM);
    redis.freeze();
    const outstanding = say(broker, ROOM, ...numbered('m', 1, 10));
    await eventually(() => expect(broker.health().redis).toBeDefined());
    await eventually(() => expect(broker.health().subscribed).toBeDefined());
    await expect(say(broker, ROOM, 'refused at once')).rejects.toThrow(BrokerUnavailable);
    redis.resume();
    expect((await outstanding).map(({ offset, duplicate }) => [offset, duplicate])).toEqual(
      Array.from({ length: 10 }, (_, index) => [index + 1, false]),
    );
    await eventually(() => expect(ear.resumptions).toBe(1));
  });

  it('notices a subscription that Redis forgot although the connection lives', async () => {
    const redis = await redisFor();
    const proxy = await proxyFor(redis.port);
    const { broker, ear } = await workerOn(through(proxy));
    await broker.log.listen(ROOM);
    proxy.inject('subscribe', 'UNSUBSCRIBE\r\n');
    await eventually(async () => expect(await redis.command('PUBSUB', 'CHANNELS')).toBe('*0\r\n'));
    await eventually(() => expect(ear.resumptions).toBe(1));
    await say(broker, ROOM, 'heard');
    await eventually(() => expect(ear.bodies).toEqual(['heard']));
    expect(broker.health().redis).toBeUndefined();
  });

  it('subscribes to thousands of channels again after a reconnect', async () => {
    const redis = await redisFor();
    const { broker, ear } = await workerOn(redis.url);
    const channels = numbered('many:', 1, 2_000).map(channelNamed);
    await Promise.all(channels.map((channel) => broker.log.listen(channel)));
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => expect(ear.resumptions).toBe(1));
    await Promise.all(channels.map((channel) => say(broker, channel, 'again')));
    await eventually(() => expect(ear.publications).toHaveLength(2_000));
  });

  it('leaves nothing behind when it stops', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis.url);
    await say(broker, ROOM, 'a');
    expect((await redis.command('CLIENT', 'LIST')).match(/name=switchyard-/g)).toHaveLength(2);
    await broker.stop();
    await eventually(async () => expect(await redis.command('CLIENT', 'LIST')).not.toContain('name=switchyard-'));
  });
});
