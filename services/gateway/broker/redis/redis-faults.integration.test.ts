import { describe, expect, it } from 'vitest';
import { BrokerOverloaded, BrokerUnavailable } from '../channel-log.js';
import type { Accepted } from '../channel-log.js';
import { proxyFor, redisFor, workerOn } from '../testing/redis-worker.js';
import { PAGE, ROOM, clientNamed, connectionNumber, eventually, isWell, numbered, say } from '../testing/world.js';

describe('lost replies', () => {
  it('asks again in order, doubles nothing, and answers as if the first reply had come', async () => {
    const redis = await redisFor();
    const proxy = await proxyFor(redis);
    // All of them are at Redis when the replies are lost.
    const { broker, ear } = await workerOn(proxy, { consumerPoolSize: 100 });
    const witness = await workerOn(redis, {}, 'w2');
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
    const limits = { historySize: 100_000, dedupeMaxIds: 100_000, publishTimeoutMs: 30_000 };
    const workers = await Promise.all(['w1', 'w2'].map((id) => workerOn(redis, limits, id)));
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
    const { broker } = await workerOn(redis);
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

  it('refuses a session for which Redis has forgotten the script, and keeps what was published in the same turn', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
    const owner = { connectionId: connectionNumber(1), workerId: 'w1' };
    const create = () => broker.sessions.create('ref', clientNamed('ann'), owner);
    await redis.command('SCRIPT', 'FLUSH');
    const publishing = say(broker, ROOM, 'm');
    await expect(create()).rejects.toThrow(BrokerUnavailable);
    expect(await publishing).toMatchObject([{ offset: 1, duplicate: false }]);
    await isWell(broker);
    await create();
    expect(await broker.sessions.resume('ref', owner)).toMatchObject({ clientId: 'ann', previousOwner: owner });
  });
});

describe('refusals', () => {
  it('refuses a publish without an answer after publishTimeoutMs, and more than maxQueueSize at once', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis, { publishTimeoutMs: 300, maxQueueSize: 5 });
    await redis.freeze();
    const waiting = numbered('m', 1, 5).map((body) => say(broker, ROOM, body));
    await expect(say(broker, ROOM, 'm6')).rejects.toThrow(BrokerOverloaded);
    await Promise.all(waiting.map((publish) => expect(publish).rejects.toThrow(BrokerUnavailable)));
    redis.resume();
    await isWell(broker);
    // Their outcome was unknown; the same id asks for it.
    const again = await say(broker, ROOM, ...numbered('m', 1, 5));
    expect(again.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5]);
  });

  it('lets another publisher pass one that has more than consumerPoolSize publishes under way', async () => {
    const { broker } = await workerOn(await redisFor(), { consumerPoolSize: 4 });
    const bob = (id: string) => broker.log.publish({ channel: ROOM, publisher: 'bob', id, body: id });
    await Promise.all([say(broker, ROOM, ...numbered('a', 1, 8)), bob('b1')]);
    const { publications } = await broker.log.read({ channel: ROOM, ...PAGE });
    expect(publications.map(({ body }) => body)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'a5', 'a6', 'a7', 'a8']);
  });

  it('sends nothing of a publisher that had no turn before its time was over', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis, { publishTimeoutMs: 300, consumerPoolSize: 2 });
    await redis.freeze();
    const waiting = numbered('m', 1, 6).map((body) => say(broker, ROOM, body));
    await Promise.all(waiting.map((publish) => expect(publish).rejects.toThrow(BrokerUnavailable)));
    expect(broker.queue().size).toBe(0);
    redis.resume();
    await isWell(broker);
    const { publications } = await broker.log.read({ channel: ROOM, ...PAGE });
    expect(publications.map(({ body }) => body)).not.toContain('m3');
  });

  it('refuses with BrokerUnavailable what Redis itself refuses, and goes on when it no longer does', async () => {
    const redis = await redisFor();
    const { broker } = await workerOn(redis);
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
    const { broker } = await workerOn(redis);
    const connection = async () =>
      /id=(\d+) .*name=switchyard-publisher/.exec(await redis.command('CLIENT', 'LIST'))?.[1];
    const first = await connection();
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await expect(say(broker, ROOM, 'a')).rejects.toThrow(BrokerUnavailable);
    // A new connection may lead to the new master.
    await eventually(async () => expect(Number(await connection())).toBeGreaterThan(Number(first)));
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await isWell(broker);
    await eventually(async () => expect((await say(broker, ROOM, 'a'))[0]).toMatchObject({ offset: 1 }));
  });
});
