import { describe, expect, it } from 'vitest';
import { BrokerUnavailable } from '../channel-log.js';
import { proxyFor, redisFor, workerOn } from '../testing/redis-worker.js';
import { ROOM, channelNamed, eventually, isWell, numbered, say } from '../testing/world.js';

describe('connections', () => {
  it('starts while Redis is away, says so, and works as soon as it is there', async () => {
    const redis = await redisFor();
    await redis.kill();
    const startedMs = performance.now();
    const { broker, ear } = await workerOn(redis);
    expect(performance.now() - startedMs).toBeLessThan(2_500);
    // Clients are told it: it names no address.
    expect(broker.health()).toEqual({ redis: 'ECONNREFUSED', subscribed: 'ECONNREFUSED' });
    await expect(say(broker, ROOM, 'a')).rejects.toThrow(/^Redis is away: ECONNREFUSED$/);
    await redis.revive();
    await isWell(broker);
    expect(await say(broker, ROOM, 'a')).toHaveLength(1);
    expect(ear.resumptions).toBe(0);
  });

  it('starts within two seconds when Redis hangs, and stops as quickly', async () => {
    const redis = await redisFor();
    await redis.freeze();
    const startedMs = performance.now();
    const { broker } = await workerOn(redis);
    expect(performance.now() - startedMs).toBeLessThan(2_500);
    expect(broker.health().redis).toBeDefined();
    await broker.stop();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('notices a Redis that hangs, and sends what was outstanding when it goes on', async () => {
    const redis = await redisFor();
    const { broker, ear } = await workerOn(redis, { publishTimeoutMs: 20_000 });
    await broker.log.listen(ROOM);
    await redis.freeze();
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
    const proxy = await proxyFor(redis);
    const { broker, ear } = await workerOn(proxy);
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
    const { broker, ear } = await workerOn(redis);
    const channels = numbered('many:', 1, 2_000).map(channelNamed);
    await Promise.all(channels.map((channel) => broker.log.listen(channel)));
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => expect(ear.resumptions).toBe(1));
    await Promise.all(channels.map((channel) => say(broker, channel, 'again')));
    await eventually(() => expect(ear.publications).toHaveLength(2_000));
  });

  it('gives up thousands of channels at once in a few commands, but none that is wanted again', async () => {
    const redis = await redisFor();
    const { broker, ear } = await workerOn(redis);
    const channels = numbered('many:', 1, 2_000).map(channelNamed);
    await Promise.all(channels.map((channel) => broker.log.listen(channel)));
    await broker.log.listen(ROOM);
    for (const channel of [...channels, ROOM]) broker.log.unlisten(channel);
    await broker.log.listen(ROOM);
    await eventually(async () => expect(await redis.command('PUBSUB', 'CHANNELS')).not.toContain('many:'));
    expect(await redis.command('INFO', 'commandstats')).toMatch(/cmdstat_unsubscribe:calls=4,/);
    await say(broker, ROOM, 'heard');
    await eventually(() => expect(ear.bodies).toEqual(['heard']));
  });

  it('leaves nothing behind when it stops', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    await say(broker, ROOM, 'a');
    expect((await redis.command('CLIENT', 'LIST')).match(/name=switchyard-/g)).toHaveLength(2);
    await broker.stop();
    await eventually(async () => expect(await redis.command('CLIENT', 'LIST')).not.toContain('name=switchyard-'));
  });
});
