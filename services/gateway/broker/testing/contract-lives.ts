import { describe, expect, it } from 'vitest';
import { PAGE, ROOM, isWell, numbered, offsetAt, openFor, say, sayOneByOne, work } from './world.js';
import type { OpenWorld } from './world.js';

/** Restarts of the store, with all it had or with less. */
export const describeLives = (open: OpenWorld): void => {
  describe('lives', () => {
    it('keeps every place good when the store restarts with all it had', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const before = await say(broker, ROOM, ...numbered('m', 1, 5));
      await world.restart({ keep: 'all' });
      await isWell(broker);
      for (const place of before) {
        const slice = await broker.log.read({ channel: ROOM, since: place, ...PAGE });
        expect(slice.continuous).toBe(true);
        expect(slice.publications.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5].slice(place.offset));
      }
      const [six] = await say(broker, ROOM, 'm6');
      expect(six?.offset).toBe(6);
      expect(six?.epoch).not.toBe(before[0]!.epoch);
      const after = await broker.log.read({ channel: ROOM, since: before[2]!, ...PAGE });
      expect(after).toMatchObject({ continuous: true, publications: [{ offset: 4 }, { offset: 5 }, { offset: 6 }] });
      expect(after.publications.map(({ epoch }) => epoch)).toEqual([before[0]!.epoch, before[0]!.epoch, six!.epoch]);
      expect(await broker.log.read({ channel: ROOM, since: six!, ...PAGE })).toMatchObject({ continuous: true });
    });

    it('still knows an id after a clean restart', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const [first] = await say(broker, ROOM, 'once');
      await world.restart({ keep: 'all' });
      await isWell(broker);
      expect((await say(broker, ROOM, 'once'))[0]).toEqual({ ...first, duplicate: true });
    });

    it('makes places bad that an older state no longer holds, and only those', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const before = await sayOneByOne(broker, ROOM, ...numbered('m', 1, 10));
      await world.restart({ keep: { loseLast: 3 } });
      await isWell(broker);
      const continuous = async () =>
        Promise.all(before.map(async (since) => (await broker.log.read({ channel: ROOM, since, ...PAGE })).continuous));
      const expected = before.map(({ offset }) => offset <= 7);
      expect(await continuous()).toEqual(expected);
      const again = await sayOneByOne(broker, ROOM, ...numbered('m', 8, 13));
      expect(again.map(({ offset, duplicate }) => [offset, duplicate])).toEqual(
        [8, 9, 10, 11, 12, 13].map((offset) => [offset, false]),
      );
      expect(await continuous()).toEqual(expected);
      const slice = await broker.log.read({ channel: ROOM, since: before[6]!, ...PAGE });
      expect(slice.publications.map(({ epoch }) => epoch)).toEqual(again.map(() => again[0]!.epoch));
      expect(again[0]!.epoch).not.toBe(before[0]!.epoch);
      for (const since of again) {
        expect(await broker.log.read({ channel: ROOM, since, ...PAGE })).toMatchObject({ continuous: true });
      }
    });

    it('judges by the store alone: a worker that never heard of the channel knows the same', async () => {
      const world = await openFor(open);
      const old = await work(world, 'w1');
      const before = await sayOneByOne(old.broker, ROOM, ...numbered('m', 1, 10));
      await world.restart({ keep: { loseLast: 3 } });
      const fresh = await work(world, 'w2');
      await isWell(fresh.broker);
      const read = (index: number) => fresh.broker.log.read({ channel: ROOM, since: before[index]!, ...PAGE });
      expect(await read(6)).toMatchObject({ continuous: true });
      expect(await read(7)).toMatchObject({ continuous: false });
      await isWell(old.broker);
      await sayOneByOne(old.broker, ROOM, ...numbered('again', 1, 10));
      expect(await read(6)).toMatchObject({ continuous: true });
      expect(await read(7)).toMatchObject({ continuous: false });
      const [top] = await fresh.broker.log.tops([ROOM]);
      expect(top?.offset).toBe(17);
    });

    it('notes the new life also when nobody but tops asks before offsets are given again', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const before = await sayOneByOne(broker, ROOM, ...numbered('m', 1, 4));
      await world.restart({ keep: { loseLast: 1 } });
      await isWell(broker);
      const [top] = await broker.log.tops([ROOM]);
      expect(top?.offset).toBe(3);
      expect(top?.epoch).not.toBe(before[0]!.epoch);
      await sayOneByOne(broker, ROOM, 'other 4', 'other 5');
      expect(await broker.log.read({ channel: ROOM, since: top!, ...PAGE })).toMatchObject({ continuous: true });
      expect(await broker.log.read({ channel: ROOM, since: before[3]!, ...PAGE })).toMatchObject({ continuous: false });
    });

    it('survives many restarts, and loses each time only what was lost', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const [first] = await sayOneByOne(broker, ROOM, 'first');
      for (let round = 0; round < 4; round += 1) {
        const lost = await sayOneByOne(broker, ROOM, `kept ${round}`, `lost ${round}`);
        await world.restart({ keep: { loseLast: 1 } });
        await isWell(broker);
        await sayOneByOne(broker, ROOM, `instead ${round}`);
        const read = (since: (typeof lost)[number]) => broker.log.read({ channel: ROOM, since, ...PAGE });
        expect(await read(lost[0]!)).toMatchObject({ continuous: true });
        expect(await read(lost[1]!)).toMatchObject({ continuous: false });
        expect(await read(first!)).toMatchObject({ continuous: true });
      }
    });

    it('makes every place bad when the store comes back empty', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const before = await say(broker, ROOM, 'a', 'b');
      await world.restart({ keep: 'none' });
      await isWell(broker);
      const read = (offset: number) =>
        broker.log.read({ channel: ROOM, since: { ...before[0]!, offset: offsetAt(offset) }, ...PAGE });
      expect(await read(0)).toMatchObject({ continuous: false, top: { offset: 0 } });
      const again = await say(broker, ROOM, 'a', 'b', 'c');
      expect(again.map(({ offset, duplicate, count }) => [offset, duplicate, count])).toEqual([
        [1, false, 1],
        [2, false, 2],
        [3, false, 3],
      ]);
      expect(await read(2)).toMatchObject({ continuous: false });
    });
  });
};
