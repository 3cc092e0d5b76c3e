import { describe, expect, it } from 'vitest';
import { PAGE, ROOM, channelNamed, numbered, offsetAt, openFor, say, work } from './world.js';
import type { OpenWorld } from './world.js';

/** What the log gives back, and how far it reaches. */
export const describeRead = (open: OpenWorld): void => {
  describe('read', () => {
    it('answers an unknown channel with a place that is good from then on', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const { top, ...slice } = await broker.log.read({ channel: ROOM, ...PAGE });
      expect(slice).toEqual({ publications: [], continuous: true, more: false });
      expect(top.offset).toBe(0);
      await say(broker, ROOM, 'a');
      const after = await broker.log.read({ channel: ROOM, since: top, ...PAGE });
      expect(after).toMatchObject({ continuous: true, more: false });
      expect(after.publications.map(({ body }) => body)).toEqual(['a']);
    });

    it('gives the newest without a place, oldest first, and says when older ones remain', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      await say(broker, ROOM, ...numbered('m', 1, 80));
      const some = await broker.log.read({ channel: ROOM, limit: 40, maxBytes: 1_000_000 });
      expect(some.publications.map(({ body }) => body)).toEqual(numbered('m', 41, 80));
      expect(some).toMatchObject({ continuous: true, more: true, top: { offset: 80 } });
      const all = await broker.log.read({ channel: ROOM, limit: 80, maxBytes: 1_000_000 });
      expect(all.publications).toHaveLength(80);
      expect(all.more).toBe(false);
    });

    it('pages on from a place without a hole until nothing remains', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const { top: start } = await broker.log.read({ channel: ROOM, ...PAGE });
      await say(broker, ROOM, ...numbered('m', 1, 100));
      const bodies: string[] = [];
      const mores: boolean[] = [];
      for (let since = start; bodies.length < 100;) {
        const page = await broker.log.read({ channel: ROOM, since, limit: 33, maxBytes: 1_000_000 });
        expect(page.continuous).toBe(true);
        bodies.push(...page.publications.map(({ body }) => body));
        mores.push(page.more);
        since = page.publications.at(-1)!;
      }
      expect(bodies).toEqual(numbered('m', 1, 100));
      expect(mores).toEqual([true, true, true, false]);
    });

    it('bounds a page by bytes, but gives at least one', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const { top: since } = await broker.log.read({ channel: ROOM, ...PAGE });
      await say(broker, ROOM, ...numbered('é'.repeat(50), 1, 9));
      const read = async (maxBytes: number, from?: typeof since) => {
        const page = { channel: ROOM, limit: 1_000, maxBytes };
        const slice = await broker.log.read(from === undefined ? page : { ...page, since: from });
        return { offsets: slice.publications.map(({ offset }) => offset), more: slice.more };
      };
      expect(await read(303, since)).toEqual({ offsets: [1, 2, 3], more: true });
      expect(await read(302, since)).toEqual({ offsets: [1, 2], more: true });
      expect(await read(1, since)).toEqual({ offsets: [1], more: true });
      expect(await read(202)).toEqual({ offsets: [8, 9], more: true });
      expect(await read(1)).toEqual({ offsets: [9], more: true });
      expect(await read(909)).toEqual({ offsets: [1, 2, 3, 4, 5, 6, 7, 8, 9], more: false });
    });

    it('is continuous from the top, and not from a place above it or of an unknown epoch', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      await say(broker, ROOM, 'a', 'b');
      const { top } = await broker.log.read({ channel: ROOM, ...PAGE });
      const read = (since: typeof top) => broker.log.read({ channel: ROOM, since, ...PAGE });
      expect(await read(top)).toEqual({ top, publications: [], continuous: true, more: false });
      const above = await read({ ...top, offset: offsetAt(3) });
      expect(above).toMatchObject({ continuous: false, publications: [{ body: 'a' }, { body: 'b' }], more: false });
      const other = (await broker.log.read({ channel: channelNamed('room:2'), ...PAGE })).top.epoch;
      expect(await read({ epoch: other, offset: offsetAt(1) })).toMatchObject({ continuous: false });
    });
  });

  describe('tops', () => {
    it('gives the newest places in the order asked, also of channels that nobody knew', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const fresh = channelNamed('fresh');
      const [accepted] = (await say(broker, ROOM, 'a', 'b')).slice(1);
      const [unknown, known] = await broker.log.tops([fresh, ROOM]);
      expect(known).toEqual({ epoch: accepted!.epoch, offset: 2 });
      expect(unknown).toMatchObject({ offset: 0 });
      await say(broker, fresh, 'x');
      expect(await broker.log.read({ channel: fresh, since: unknown!, ...PAGE })).toMatchObject({
        continuous: true,
        publications: [{ body: 'x', epoch: unknown!.epoch }],
      });
      expect(await broker.log.tops([])).toEqual([]);
    });
  });

  describe('history', () => {
    it('keeps at least historySize publications, and at most a tenth more', async () => {
      const { broker } = await work(await openFor(open, { historySize: 20 }), 'w1');
      const { top: start } = await broker.log.read({ channel: ROOM, ...PAGE });
      for (let round = 0; round < 12; round += 1) {
        await say(broker, ROOM, ...numbered('m', round * 7 + 1, round * 7 + 7));
        const { publications, more, top } = await broker.log.read({ channel: ROOM, ...PAGE });
        expect(publications.length).toBeGreaterThanOrEqual(Math.min(20, top.offset));
        expect(publications.length).toBeLessThanOrEqual(22);
        expect(publications.at(-1)?.offset).toBe(top.offset);
        expect(more).toBe(false);
      }
      const { publications, top } = await broker.log.read({ channel: ROOM, ...PAGE });
      const oldest = publications[0]!;
      const since = (offset: number) =>
        broker.log.read({ channel: ROOM, since: { ...top, offset: offsetAt(offset) }, ...PAGE });
      expect(await broker.log.read({ channel: ROOM, since: start, ...PAGE })).toMatchObject({ continuous: false });
      expect(await since(oldest.offset - 2)).toMatchObject({ continuous: false });
      expect((await since(oldest.offset - 2)).publications).toEqual(publications);
      expect(await since(oldest.offset - 1)).toMatchObject({ continuous: true });
      expect((await since(oldest.offset - 1)).publications).toEqual(publications);
    });

    it('keeps at most historyMaxBytes of bodies, but the newest in any case', async () => {
      const { broker } = await work(await openFor(open, { historyMaxBytes: 1_000 }), 'w1');
      await say(broker, ROOM, ...numbered('x'.repeat(98), 10, 40));
      const kept = async () => (await broker.log.read({ channel: ROOM, ...PAGE })).publications;
      expect((await kept()).map(({ offset }) => offset)).toEqual([22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);
      await say(broker, ROOM, 'y'.repeat(5_000));
      expect((await kept()).map(({ offset }) => offset)).toEqual([32]);
      await say(broker, ROOM, 'small', 'smaller');
      expect((await kept()).map(({ body }) => body)).toEqual(['small', 'smaller']);
    });

    it('counts the bytes anew when the history had ended', async () => {
      const world = await openFor(open, { historyMaxBytes: 1_000, historyTtlSeconds: 1 });
      const { broker } = await work(world, 'w1');
      await say(broker, ROOM, ...numbered('x'.repeat(98), 10, 18));
      await world.pass(1_300);
      await say(broker, ROOM, ...numbered('y'.repeat(98), 10, 18));
      expect((await broker.log.read({ channel: ROOM, ...PAGE })).publications).toHaveLength(9);
    });

    it('ends historyTtlSeconds after the last publication; only the top is continuous then', async () => {
      const world = await openFor(open, { historyTtlSeconds: 1 });
      const { broker } = await work(world, 'w1');
      const accepted = await say(broker, ROOM, 'a', 'b', 'c');
      await world.pass(1_300);
      const read = (since: (typeof accepted)[number]) => broker.log.read({ channel: ROOM, since, ...PAGE });
      expect(await read(accepted[2]!)).toMatchObject({ publications: [], continuous: true, more: false });
      expect(await read(accepted[1]!)).toMatchObject({ publications: [], continuous: false, more: false });
      expect(await broker.log.read({ channel: ROOM, ...PAGE })).toMatchObject({ publications: [], more: false });
      expect((await say(broker, ROOM, 'd'))[0]).toMatchObject({ offset: 4, epoch: accepted[0]!.epoch });
      expect(await read(accepted[2]!)).toMatchObject({ publications: [{ body: 'd' }], continuous: true });
      expect(await read(accepted[1]!)).toMatchObject({ publications: [{ body: 'd' }], continuous: false });
    });

    it('is kept for as long as its last publication asks for', async () => {
      const world = await openFor(open, { historyTtlSeconds: 1 });
      const { broker } = await work(world, 'w1');
      await say(broker, ROOM, 'a');
      await broker.log.publish({ channel: ROOM, publisher: 'ann', id: 'b', body: 'b', keepSeconds: 60 });
      await world.pass(1_300);
      const kept = async () => (await broker.log.read({ channel: ROOM, ...PAGE })).publications;
      expect((await kept()).map(({ body }) => body)).toEqual(['a', 'b']);
      await say(broker, ROOM, 'c');
      await world.pass(1_300);
      expect(await kept()).toEqual([]);
    });

    it('begins a new life when the channel itself was forgotten', async () => {
      const world = await openFor(open, { sessionTtlSeconds: 1 });
      const { broker } = await work(world, 'w1');
      const accepted = await say(broker, ROOM, 'a', 'b');
      await world.pass(1_300);
      const { top, publications, continuous } = await broker.log.read({ channel: ROOM, since: accepted[1]!, ...PAGE });
      expect(top.offset).toBe(0);
      expect(top.epoch).not.toBe(accepted[0]!.epoch);
      expect({ publications, continuous }).toEqual({ publications: [], continuous: false });
      await say(broker, ROOM, 'x', 'y', 'z');
      expect(await broker.log.read({ channel: ROOM, since: accepted[1]!, ...PAGE })).toMatchObject({
        continuous: false,
      });
    });
  });
};
