import { describe, expect, it } from 'vitest';
import type { WorkerLease } from '../cluster-directory.js';
import { LEASE_TTL_MS } from '../cluster-directory.js';
import { eventually, openFor, work } from './world.js';
import type { OpenWorld } from './world.js';

const lease = (workerId: string, connections: number, messages: number): WorkerLease => ({
  workerId,
  color: 'blue',
  worker: '1',
  release: 'r1',
  startedAt: `2026-01-01T00:00:0${workerId.slice(1)}.000Z`,
  connections,
  totals: { messages, seconds: messages / 10 },
  gauges: { memory: 1.5 },
});

/** Leases, totals of ended workers, and messages between workers. */
export const describeCluster = (open: OpenWorld): void => {
  describe('leases', () => {
    it('sums connections over live workers and shows them in order of start', async () => {
      const world = await openFor(open);
      const [one, two] = await Promise.all([work(world, 'w1'), work(world, 'w2')]);
      expect(await two.broker.cluster.renew(lease('w2', 5, 1))).toBe(5);
      expect(await one.broker.cluster.renew(lease('w1', 3, 1))).toBe(8);
      expect(await two.broker.cluster.renew(lease('w2', 4, 2))).toBe(7);
      expect(await one.broker.cluster.view()).toEqual({ workers: [lease('w1', 3, 1), lease('w2', 4, 2)], ended: {} });
    });

    it('adds the totals of a released worker once, however often it tells its end', async () => {
      const world = await openFor(open);
      const { cluster } = (await work(world, 'w1')).broker;
      await cluster.renew(lease('w1', 3, 10));
      await cluster.renew(lease('w2', 1, 1));
      await cluster.release(lease('w1', 0, 12));
      await cluster.release(lease('w1', 0, 12));
      expect(await cluster.view()).toEqual({ workers: [lease('w2', 1, 1)], ended: { messages: 12, seconds: 1.2 } });
      expect(await cluster.renew(lease('w2', 1, 1))).toBe(1);
    });

    it('adds what two workers counted to the last digit', async () => {
      const world = await openFor(open);
      const { cluster } = (await work(world, 'w1')).broker;
      const seconds = 98_765_432 + 1 / 65_536;
      for (const name of ['w1', 'w2']) {
        await cluster.release({ ...lease(name, 0, 0), totals: { messages: 2 ** 50 + 1, seconds } });
      }
      expect((await cluster.view()).ended).toEqual({ messages: 2 ** 51 + 2, seconds: 2 * seconds });
    });

    it('folds an expired worker once, and takes it back when it was only paused', async () => {
      const world = await openFor(open);
      const [one, two] = await Promise.all([work(world, 'w1'), work(world, 'w2')]);
      const { cluster } = one.broker;
      await cluster.renew(lease('w1', 3, 10));
      await world.pass(LEASE_TTL_MS / 2);
      await cluster.renew(lease('w2', 2, 7));
      await world.pass(LEASE_TTL_MS / 2 + 200);
      const views = await Promise.all([cluster.view(), two.broker.cluster.view(), cluster.view()]);
      for (const view of views) {
        expect(view).toEqual({ workers: [lease('w2', 2, 7)], ended: { messages: 10, seconds: 1 } });
      }
      expect(await two.broker.cluster.renew(lease('w2', 2, 8))).toBe(2);
      expect(await cluster.renew(lease('w1', 3, 11))).toBe(5);
      expect(await cluster.view()).toEqual({
        workers: [lease('w1', 3, 11), lease('w2', 2, 8)],
        ended: { messages: 0, seconds: 0 },
      });
      await cluster.release(lease('w1', 0, 13));
      expect((await cluster.view()).ended).toMatchObject({ messages: 13 });
    });

    it('counts a worker that was taken for dead and then ends in order with its final totals only', async () => {
      const world = await openFor(open);
      const { cluster } = (await work(world, 'w1')).broker;
      await cluster.renew(lease('w1', 3, 10));
      await world.pass(LEASE_TTL_MS + 200);
      expect(await cluster.renew(lease('w2', 0, 0))).toBe(0);
      expect((await cluster.view()).ended).toMatchObject({ messages: 10 });
      await cluster.release(lease('w1', 0, 15));
      expect((await cluster.view()).ended).toMatchObject({ messages: 15 });
    });
  });

  describe('tell', () => {
    it('reaches the named worker only, and is lost silently when it is gone', async () => {
      const world = await openFor(open);
      const [one, two] = await Promise.all([work(world, 'w1'), work(world, 'w2')]);
      await one.broker.cluster.tell('nobody', 'lost');
      await one.broker.cluster.tell('w2', 'a:b "c"');
      await one.broker.cluster.tell('w2', '');
      await two.broker.cluster.tell('w1', 'back');
      await eventually(() => expect([one.ear.messages, two.ear.messages]).toEqual([['back'], ['a:b "c"', '']]));
    });
  });
};
