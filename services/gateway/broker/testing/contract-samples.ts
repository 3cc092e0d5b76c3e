import { describe, expect, it } from 'vitest';
import { openFor, work } from './world.js';
import type { OpenWorld } from './world.js';

/** Samples of the cluster over time. */
export const describeSamples = (open: OpenWorld): void => {
  describe('samples', () => {
    it('are the same for every worker, oldest first, each at the time it was added', async () => {
      const world = await openFor(open);
      const [one, two] = await Promise.all([work(world, 'w1'), work(world, 'w2')]);
      expect(await one.broker.samples.all()).toEqual([]);
      for (const n of [1, 2, 3]) {
        const { samples } = (n === 2 ? two : one).broker;
        expect(await samples.add({ requests: n, rate: n / 8 }, { minGapMs: 0, keep: 10 })).toBe(true);
        await world.pass(20);
      }
      const kept = await two.broker.samples.all();
      expect(kept.map(({ values }) => values)).toEqual([1, 2, 3].map((n) => ({ requests: n, rate: n / 8 })));
      const times = kept.map(({ timeMs }) => timeMs);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(40);
      expect(await one.broker.samples.all()).toEqual(kept);
    });

    it('keeps only the newest ones', async () => {
      const world = await openFor(open);
      const { samples } = (await work(world, 'w1')).broker;
      for (const n of [1, 2, 3, 4, 5]) {
        await samples.add({ n }, { minGapMs: 0, keep: 3 });
        await world.pass(5);
      }
      expect((await samples.all()).map(({ values }) => values['n'])).toEqual([3, 4, 5]);
    });

    it('takes one from many that come together', async () => {
      const world = await openFor(open);
      const workers = await Promise.all(['w1', 'w2'].map((name) => work(world, name)));
      const options = { minGapMs: 60_000, keep: 10 };
      const added = await Promise.all(workers.map(({ broker }, n) => broker.samples.add({ n }, options)));
      expect(added.filter(Boolean)).toHaveLength(1);
      await world.pass(20);
      expect(await workers[0]!.broker.samples.add({ n: 9 }, options)).toBe(false);
      expect(await workers[0]!.broker.samples.add({ n: 9 }, { ...options, minGapMs: 10 })).toBe(true);
      expect(await workers[1]!.broker.samples.all()).toHaveLength(2);
    });
  });
};
