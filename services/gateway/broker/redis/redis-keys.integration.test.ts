import { describe, expect, it } from 'vitest';
import type { Accepted } from '../channel-log.js';
import { redisFor, workerOn } from '../testing/redis-worker.js';
import { PAGE, ROOM, channelNamed, clientNamed, connectionNumber, numbered, say } from '../testing/world.js';
import { CLUSTER_KEYS, SAMPLES_KEY, metaKey, publisherKey, sessionChannelsKey, sessionKey } from './keys.js';

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

  it('a publisher whose key is none of ours takes nothing with it: what was sent together has no effect, and the channel goes on', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    await redis.command('SET', publisherKey(ROOM, 'bob'), 'of somebody else');
    const publish = (publisher: string, id: string) => broker.log.publish({ channel: ROOM, publisher, id, body: id });
    const together = await Promise.allSettled([publish('ann', '1'), publish('bob', '2'), publish('ann', '3')]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect((await broker.log.read({ channel: ROOM, ...PAGE })).publications).toEqual([]);
    expect(await publish('ann', '1')).toMatchObject({ offset: 1, count: 1, duplicate: false });
    expect(await publish('ann', '3')).toMatchObject({ offset: 2, count: 2, duplicate: false });
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

  it('leaves nothing for ever of channels that are used once and never again', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    const ann = clientNamed('ann');
    const connectionId = connectionNumber(1);
    await broker.sessions.create('ref', ann, { connectionId, workerId: 'w1' });
    for (let n = 0; n < 20; n += 1) {
      const channel = channelNamed(`once:${n}`);
      await broker.sessions.joinChannel('ref', channel);
      await broker.log.publish({ channel, publisher: 'ref', id: '1', body: 'b' });
      await broker.sessions.foldChannel('ref', { channel, accepted: 1, countedBefore: 0 });
      // Folded again when its record is gone.
      await redis.command('DEL', publisherKey(channel, 'ref'));
      await broker.sessions.joinChannel('ref', channel);
      await broker.sessions.foldChannel('ref', { channel, accepted: 1, countedBefore: 0 });
      await broker.log.read({ channel: channelNamed(`asked:${n}`), ...PAGE });
      await broker.log.tops([channelNamed(`top:${n}`)]);
      await broker.presence.state(channel, new Map([[ann, 1]]), false, new Map([[ann, '1']]));
      await broker.presence.state(channel, new Map([[ann, 0]]), false, new Map([[ann, undefined]]));
    }
    const keys = (await redis.command('KEYS', '*')).split('\r\n').filter((line) => line.startsWith('sy:'));
    expect(keys.filter((key) => key.includes('once:')).length).toBeGreaterThanOrEqual(20);
    for (const key of keys.filter((name) => !name.startsWith('sy:{cluster}'))) {
      const [, ttl] = /^:(-?\d+)/.exec(await redis.command('TTL', key)) ?? [];
      expect([key, Number(ttl) > 0]).toEqual([key, true]);
    }
    expect(keys.filter((key) => key.includes(':here'))).toEqual([]);
  });

  it('has folded counts where a release that knows none of that finds them: among the messages to clients', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    await broker.sessions.create('ref', clientNamed('ann'), { connectionId: connectionNumber(1), workerId: 'w1' });
    await broker.sessions.countSend('ref');
    await broker.sessions.joinChannel('ref', ROOM);
    for (const id of ['1', '2']) await broker.log.publish({ channel: ROOM, publisher: 'ref', id, body: 'b' });
    await broker.sessions.foldChannel('ref', { channel: ROOM, accepted: 2, countedBefore: 0 });
    expect(await redis.command('HGET', sessionKey('ref'), 'sends')).toContain('\r\n3');
    expect(await redis.command('SCARD', sessionChannelsKey('ref'))).toContain(':0');
    // And it counts on there.
    await redis.command('HINCRBY', sessionKey('ref'), 'sends', '1');
    expect(await broker.sessions.countSend('ref')).toBe(3);
  });

  it('[token-6] has a session that a token opened for its subject alone, also after a release that knows no tokens had it', async () => {
    const redis = await redisFor();
    const { sessions } = (await workerOn(redis)).broker;
    const ann = clientNamed('ann');
    const owner = (n: number) => ({ connectionId: connectionNumber(n), workerId: 'w1' });
    await sessions.create('of a token', ann, owner(1), undefined, ann);
    // As that release resumes one, and as it makes one.
    await redis.command('HSET', sessionKey('of a token'), 'conn', owner(2).connectionId, 'worker', 'older');
    await redis.command('HSET', sessionKey('older'), 'client', ann, 'conn', owner(3).connectionId, 'worker', 'older');
    expect(await sessions.resume('of a token', owner(4))).toBeUndefined();
    expect(await sessions.resume('of a token', owner(4), ann)).toMatchObject({ clientId: ann });
    expect(await sessions.resume('older', owner(4), ann)).toBeUndefined();
    expect(await sessions.resume('older', owner(4))).toMatchObject({ clientId: ann, folded: 0, sends: 0 });
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
