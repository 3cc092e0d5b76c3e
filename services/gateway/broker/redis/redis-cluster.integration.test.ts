import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../../infra/testing/free-port.js';
import { DEFAULT_LIMITS } from '../broker.js';
import { describeAllowances } from '../testing/contract-allowances.js';
import { describeJournal } from '../testing/contract-journal.js';
import { describeLog } from '../testing/contract-log.js';
import { describeRead } from '../testing/contract-read.js';
import { describeRevocations } from '../testing/contract-revocations.js';
import { describeSamples } from '../testing/contract-samples.js';
import { describeSessions } from '../testing/contract-sessions.js';
import { startRedis, type RedisServer } from '../testing/redis-server.js';
import { ROOM, clientNamed, openFor, work, type World } from '../testing/world.js';
import { Publisher } from './publisher.js';
import { createRedisBroker } from './redis-broker.js';
import { loadScripts } from './scripts.js';

let redis: RedisServer;

/** A Redis Cluster of one node: it has all slots, and refuses whatever touches two of them at once. It takes 2 s to begin. */
beforeAll(async () => {
  const bus = await freePort();
  redis = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', `${bus}`] });
  await redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!(await redis.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) await delay(20);
});
afterAll(() => redis.stop());

const isNotTried = (): never => {
  throw new Error('what a cluster does when it ends is not tried here');
};

const open = async (limits: Partial<typeof DEFAULT_LIMITS>): Promise<World> => {
  await redis.command('FLUSHALL');
  return {
    broker: (workerId) => createRedisBroker({ url: redis.url, workerId, limits: { ...DEFAULT_LIMITS, ...limits } }),
    restart: isNotTried,
    down: isNotTried,
    up: isNotTried,
    breakSubscriptions: async () => void (await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')),
    // A timer may be a millisecond early.
    pass: (ms) => delay(ms + 1),
    close: async () => undefined,
  };
};

/** Every call of a script, by its name: the keys that it was given. */
const calls = new Map<string, (readonly string[])[]>();

beforeAll(() => {
  for (const method of ['run', 'runAtOnce', 'attemptOnChannel'] as const) {
    const real = Publisher.prototype[method];
    vi.spyOn(Publisher.prototype, method).mockImplementation(function (this: Publisher, name, keys, args) {
      calls.set(name, [...(calls.get(name) ?? []), keys]);
      return real.call(this, name, keys, args);
    });
  }
});
afterAll(() => void vi.restoreAllMocks());

describe('on a Redis Cluster', () => {
  describeLog(open);
  describeRead(open);
  describeSessions(open);
  describeSamples(open);
  describeAllowances(open);
  describeRevocations(open);
  describeJournal(open);

  it('presence is stated, told page by page, and taken back from who has ended', async () => {
    const world = await openFor(open);
    const [one, other] = [(await work(world, 'w1')).broker, (await work(world, 'w2')).broker];
    const lease = { workerId: 'w1', color: 'blue', worker: '1', release: 'r1', startedAt: '2026-01-01T00:00:00.000Z' };
    const whole = { ...lease, connections: 1, totals: {}, gauges: {} } as const;
    await one.cluster.renew(whole);
    expect((await other.cluster.view()).workers).toHaveLength(1);
    await one.presence.state(ROOM, new Map([[clientNamed('ann'), 1]]), false);
    expect(await other.presence.page(ROOM, { limit: 10, after: undefined })).toMatchObject({ count: 1 });
    await one.cluster.release(whole);
    await other.presence.forgetGone();
    expect(await one.presence.channels()).toEqual([]);
  });

  it('all keys of each call of each script were in one slot', async () => {
    expect([...calls.keys()].sort()).toEqual(Object.keys(loadScripts()).sort());
    const spread: string[] = [];
    for (const [name, given] of calls) {
      for (const keys of new Set(given)) {
        const slots = await Promise.all(keys.map((key) => redis.command('CLUSTER', 'KEYSLOT', key)));
        if (new Set(slots).size !== 1) spread.push(`${name}: ${keys.join(' ')}`);
      }
    }
    expect(spread).toEqual([]);
  });
});
