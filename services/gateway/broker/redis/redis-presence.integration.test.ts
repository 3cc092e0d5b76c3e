import { describe, expect, it } from 'vitest';
import { redisFor, workerOn } from '../testing/redis-worker.js';
import type { RedisServer } from '../testing/redis-server.js';
import { ROOM, clientNamed } from '../testing/world.js';
import { infosKey, presenceKeys, statedKey } from './keys.js';

const ANN = clientNamed('ann');
const ALL = { limit: 100, after: undefined };
const lease = (workerId: string) => ({
  workerId,
  color: 'blue',
  worker: '1',
  release: 'r1',
  startedAt: '2026-01-01T00:00:00.000Z',
  connections: 0,
  totals: {},
  gauges: {},
});
const calls = async (redis: RedisServer, command: string): Promise<number> =>
  Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await redis.command('INFO', 'commandstats'))?.[1] ?? 0);
const ttl = async (redis: RedisServer): Promise<number> =>
  Number(/^:(-?\d+)/.exec(await redis.command('TTL', infosKey(ROOM)))?.[1]);

describe('presence in Redis', () => {
  it('takes what was said of an earlier coming for nothing, where a release that knows no infos took the client out', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    const state = (number: number, info?: string) =>
      broker.presence.state(ROOM, new Map([[ANN, number]]), false, new Map(info === undefined ? [] : [[ANN, info]]));
    const seen = async () => (await broker.presence.page(ROOM, ALL)).members;
    await broker.cluster.renew(lease('w1'));
    await state(1, '"of old"');
    expect(await seen()).toMatchObject([{ clientId: ANN, info: '"of old"' }]);
    // As that release forgets this worker.
    const [here = '', totals = '', workers = ''] = presenceKeys(ROOM);
    for (const [command, key, field] of [
      ['HDEL', statedKey(ROOM, 'w1'), ANN],
      ['HDEL', totals, ANN],
      ['ZREM', here, ANN],
      ['SREM', workers, 'w1'],
    ] as const) {
      await redis.command(command, key, field);
    }
    await state(1);
    expect(await seen()).toEqual([expect.objectContaining({ clientId: ANN, connections: 1, info: undefined })]);
    await state(1, '"new"');
    expect(await seen()).toMatchObject([{ info: '"new"' }]);
  });

  it('keeps what was said for an hour, and longer where it is asked to', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    await broker.presence.state(ROOM, new Map([[ANN, 1]]), false, new Map([[ANN, '1']]));
    expect(await ttl(redis)).toBeGreaterThan(3_590);
    await redis.command('EXPIRE', infosKey(ROOM), '10');
    await broker.presence.keepInfos([ROOM]);
    expect(await ttl(redis)).toBeGreaterThan(3_590);
    await broker.presence.state(ROOM, new Map([[ANN, 0]]), false, new Map([[ANN, undefined]]));
    expect(await ttl(redis)).toBe(-2);
  });

  it.each([
    ['whoever looks for it', 'forgetGone'],
    ['whoever asks', 'page'],
  ] as const)('is taken out 500 clients a script, where a worker of many is gone, by %s', async (_who, way) => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    const other = (await workerOn(redis, {}, 'w2')).broker;
    for (const [worker, workerId] of [[broker, 'w1'], [other, 'w2']] as const) await worker.cluster.renew(lease(workerId)); // prettier-ignore
    const many = new Map(Array.from({ length: 1_200 }, (_, n) => [clientNamed(`c${n}`), 1]));
    await other.presence.state(ROOM, many, false);
    await broker.presence.state(ROOM, new Map([[ANN, 1]]), false);
    await other.cluster.release(lease('w2'));
    await redis.command('CONFIG', 'RESETSTAT');
    if (way === 'page') await broker.presence.page(ROOM, ALL);
    else await broker.presence.forgetGone();
    // One is that of who lives; the others took out 500, 500 and 200.
    expect([await calls(redis, 'evalsha'), await calls(redis, 'hrandfield')]).toEqual([4, 3]);
    expect(await calls(redis, 'zrem')).toBe(1_200);
    expect(await broker.presence.page(ROOM, ALL)).toMatchObject({ count: 1, members: [{ clientId: ANN }] });
  });
});
