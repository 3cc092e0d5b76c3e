import { describe, expect, it } from 'vitest';
import type { Accepted } from '../channel-log.js';
import { redisFor, workerOn } from '../testing/redis-worker.js';
import { PAGE, ROOM, numbered, say } from '../testing/world.js';
import { CLUSTER_KEYS, SAMPLES_KEY, metaKey, publisherKey } from './keys.js';

describe('keys', () => {
  it('reads nothing from a log that lost its meta, and begins anew', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    const before = await say(broker, ROOM, 'a', 'b');
    await redis.command('DEL', metaKey(ROOM));
    const slice = await broker.log.read({ channel: ROOM, since: before[0]!, ...PAGE });
    expect(slice).toMatchObject({ top: { offset: 0 }, publications: [], continuous: false });
    // Ids seen at places that are gone are no duplicates: what they named is in no log.
    const again = await say(broker, ROOM, 'a', 'b');
    expect(again.map(({ offset, duplicate }) => [offset, duplicate])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  it('passes over leases and samples that it can not read', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    for (const [at, text] of ['garbage', '{"requests":"many"}', '7'].entries()) {
      await redis.command('XADD', SAMPLES_KEY, `${at + 1}-0`, 'v', text);
    }
    await broker.samples.add({ requests: 1 }, { minGapMs: 0, keep: 10 });
    expect((await broker.samples.all()).map(({ values }) => values)).toEqual([{ requests: 1 }]);
    await redis.command('HSET', CLUSTER_KEYS[0]!, 'of-another-version', 'garbage');
    expect((await broker.cluster.view()).workers).toEqual([]);
  });

  it('remembers the last 32 lives of a channel', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    const places: Accepted[] = [];
    for (let life = 0; life < 40; life += 1) {
      places.push(...(await say(broker, ROOM, `m${life}`)));
      await redis.command('HSET', metaKey(ROOM), 'run', `another ${life}`);
    }
    const good = await Promise.all(
      places.map(async (since) => (await broker.log.read({ channel: ROOM, since, ...PAGE })).continuous),
    );
    expect(good).toEqual(places.map((_, life) => life >= 9));
  });

  it('holds at most twice as many ids of a publisher as are remembered', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis, { dedupeMaxIds: 50 });
    await say(broker, ROOM, ...numbered('m', 1, 999));
    const [, size] = /^:(\d+)/.exec(await redis.command('HLEN', publisherKey(ROOM, 'ann'))) ?? [];
    expect(Number(size)).toBeGreaterThan(50);
    expect(Number(size)).toBeLessThanOrEqual(101);
  });
});
