import { describe, expect, it } from 'vitest';
import { openFor, work } from './world.js';
import type { OpenWorld } from './world.js';

const HOUR = { keep: 10, keepMs: 3_600_000 };

/** What was written down. */
export const describeJournal = (open: OpenWorld): void => {
  describe('the journal', () => {
    it('is the same for every worker, in the order of time, each text once', async () => {
      const world = await openFor(open);
      const [one, two] = [await work(world, 'w1'), await work(world, 'w2')];
      expect(await one.broker.journal.all('deploys')).toEqual([]);
      const [first, second] = [
        { atMs: 1_764_000_000_000, text: '{"step":"start"}' },
        { atMs: 1_764_000_000_123, text: 'é, "done"' },
      ];
      await two.broker.journal.add('deploys', second, HOUR);
      for (const { broker } of [one, two]) await broker.journal.add('deploys', first, HOUR);
      for (const { broker } of [one, two])
        expect(await broker.journal.all('deploys')).toEqual([first.text, second.text]);
      expect(await two.broker.journal.all('administrators')).toEqual([]);
    });

    it('keeps the latest ones, and forgets all when nothing was added for long', async () => {
      const world = await openFor(open);
      const { journal } = (await work(world, 'w1')).broker;
      const add = (atMs: number, keepMs = HOUR.keepMs): Promise<void> =>
        journal.add('deploys', { atMs, text: `at ${atMs}` }, { keep: 3, keepMs });
      for (const atMs of [5, 1, 2, 4, 3]) await add(atMs);
      expect(await journal.all('deploys')).toEqual(['at 3', 'at 4', 'at 5']);
      await add(6, 50);
      await world.pass(100);
      expect(await journal.all('deploys')).toEqual([]);
    });
  });
};
