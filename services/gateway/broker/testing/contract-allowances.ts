import { describe, expect, it } from 'vitest';
import { clientNamed, connectionNumber, openFor, work } from './world.js';
import type { OpenWorld } from './world.js';

const ANN = clientNamed('ann');
const owner = (connection: number) => ({ connectionId: connectionNumber(connection), workerId: 'w1' });
/** 10 in 60 s, 20 at once. */
const RATE = { costMs: 6_000, depthMs: 120_000 };
/** So quick that a test can see it grow back. */
const QUICK = { costMs: 200, depthMs: 600 };

/** What is used of allowances, and grows back. */
export const describeAllowances = (open: OpenWorld): void => {
  describe('the allowance of a session', () => {
    it('[limit-3] goes with the session: who resumes it finds what was used, less what has grown back', async () => {
      const world = await openFor(open);
      const { sessions } = (await work(world, 'w1')).broker;
      const other = (await work(world, 'w2')).broker.sessions;
      await sessions.create('ref', ANN, owner(1));
      const charged = await sessions.charge('ref', { mark: '', debtMs: 60_000, chargedMs: 60_000 });
      expect(charged?.debtMs).toBeCloseTo(60_000, -2);
      await world.pass(1_000);
      const resumed = await other.resume('ref', owner(2));
      expect(resumed?.spent.mark).toBe(charged?.mark);
      expect(resumed?.spent.debtMs).toBeGreaterThan(57_000);
      expect(resumed?.spent.debtMs).toBeLessThanOrEqual(59_000);
      const mark = resumed?.spent.mark ?? '';
      await other.release('ref', connectionNumber(2), { mark, debtMs: 3_000, chargedMs: 1_000 });
      expect((await sessions.resume('ref', owner(3)))?.spent.debtMs).toBeLessThanOrEqual(3_000);
    });

    it('[limit-3] is shared by workers that use it at a time: what both took adds up', async () => {
      const { sessions } = (await work(await openFor(open), 'w1')).broker;
      await sessions.create('ref', ANN, owner(1));
      const first = await sessions.charge('ref', { mark: '', debtMs: 10_000, chargedMs: 10_000 });
      const second = await sessions.charge('ref', { mark: '', debtMs: 5_000, chargedMs: 5_000 });
      expect(second?.debtMs).toBeGreaterThan(14_000);
      expect(second?.debtMs).toBeLessThanOrEqual(15_000);
      // The first worker does not know of it yet: its own view does not hold.
      const third = await sessions.charge('ref', { mark: first?.mark ?? '', debtMs: 11_000, chargedMs: 1_000 });
      expect(third?.debtMs).toBeGreaterThan(15_000);
      expect(third?.debtMs).toBeLessThanOrEqual(16_000);
    });

    it('is none of a session that is unknown, or new', async () => {
      const { sessions } = (await work(await openFor(open), 'w1')).broker;
      const charge = { mark: '', debtMs: 1_000, chargedMs: 1_000 };
      expect(await sessions.charge('unknown', charge)).toBeUndefined();
      await sessions.release('unknown', connectionNumber(1), charge);
      expect(await sessions.resume('unknown', owner(1))).toBeUndefined();
      await sessions.create('ref', ANN, owner(1));
      expect((await sessions.resume('ref', owner(1)))?.spent).toEqual({ mark: '', debtMs: 0 });
    });
  });

  describe('the allowance of an address', () => {
    it('[limit-6] is one for the whole cluster: so many at once, then one when one has grown back', async () => {
      const world = await openFor(open);
      const workers = await Promise.all(['w1', 'w2'].map((id) => work(world, id)));
      const take = (n: number) => workers[n % 2]!.broker.addresses.take('10.0.0.1', '-', RATE);
      const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => take(n)));
      expect(answers.filter((taken) => taken === 'allowance')).toHaveLength(20);
      for (const waitMs of answers.filter((taken) => taken !== 'allowance')) {
        expect(waitMs).toBeGreaterThan(5_000);
        expect(waitMs).toBeLessThanOrEqual(6_000);
      }
      expect(await workers[0]!.broker.addresses.take('10.0.0.2', '-', RATE)).toBe('allowance');
    });

    it('[limit-6] says how long to wait: who waits so long gets in, and one alone', async () => {
      const world = await openFor(open);
      const { addresses } = (await work(world, 'w1')).broker;
      const take = () => addresses.take('a', '-', QUICK);
      expect([await take(), await take(), await take()]).toEqual(['allowance', 'allowance', 'allowance']);
      const waitMs = await take();
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(200);
      await world.pass(Number(waitMs));
      expect(await take()).toBe('allowance');
      expect(await take()).toBeGreaterThan(0);
    });

    it('[limit-7] lets in without cost, once, whoever has a pass, and says by which it was', async () => {
      const { addresses } = (await work(await openFor(open), 'w1')).broker;
      const one = { costMs: 60_000, depthMs: 60_000 };
      await addresses.pass('a', 'ann');
      await addresses.pass('a', 'bob');
      await addresses.pass('a', 'bob');
      expect(await addresses.take('a', 'ann', one)).toBe('pass');
      expect(await addresses.take('a', 'ann', one)).toBe('allowance');
      expect(await addresses.take('a', 'ann', one)).toBeGreaterThan(0);
      expect(await addresses.take('b', 'bob', one)).toBe('allowance');
      expect(await addresses.take('b', 'bob', one)).toBeGreaterThan(0);
      expect([await addresses.take('a', 'bob', one), await addresses.take('a', 'bob', one)]).toEqual(['pass', 'pass']);
      expect(await addresses.take('a', 'bob', one)).toBeGreaterThan(0);
    });
  });
};
