import { describe, expect, it } from 'vitest';
import { PAGE, ROOM, channelNamed, eventually, numbered, offsetAt, openFor, say, work } from './world.js';
import type { OpenWorld } from './world.js';

/** Publishing, listening and reading while nothing goes wrong. */
export const describeLog = (open: OpenWorld): void => {
  describe('publish', () => {
    it('counts offsets 1, 2, 3 … per channel in the order handed in, in one epoch', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const accepted = await say(broker, ROOM, ...numbered('m', 1, 200));
      expect(accepted.map(({ offset }) => offset)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      expect(new Set(accepted.map(({ epoch }) => epoch)).size).toBe(1);
      const [other] = await say(broker, channelNamed('room:2'), 'first');
      expect(other?.offset).toBe(1);
      const { publications } = await broker.log.read({ channel: ROOM, ...PAGE });
      expect(publications.map(({ body }) => body)).toEqual(numbered('m', 1, 200));
    });

    it('is in the log when it resolves, with epoch, offset, time and body as given', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const before = Date.now();
      const body = '"from":"ann:1","data":"a:b\\"ü€𝄞"';
      const accepted = await broker.log.publish({ channel: ROOM, publisher: 'ann', id: 'x', body });
      const { publications, top } = await broker.log.read({ channel: ROOM, ...PAGE });
      expect(publications).toMatchObject([{ epoch: accepted.epoch, offset: 1, body }]);
      expect(top).toEqual({ epoch: accepted.epoch, offset: 1 });
      expect(Math.abs((publications[0]?.timeMs ?? 0) - before)).toBeLessThan(5_000);
    });

    it('gives every worker the same order, which is the log', async () => {
      const world = await openFor(open);
      const workers = await Promise.all(['w1', 'w2', 'w3'].map((id) => work(world, id)));
      await Promise.all(workers.map(({ broker }) => broker.log.listen(ROOM)));
      await Promise.all(workers.map(({ broker }, index) => say(broker, ROOM, ...numbered(`w${index}-`, 1, 50))));
      const { publications } = await workers[0]!.broker.log.read({ channel: ROOM, ...PAGE });
      const logged = publications.map((publication) => ({ channel: ROOM, ...publication }));
      expect(logged).toHaveLength(150);
      await eventually(() => {
        for (const { ear } of workers) expect(ear.publications).toEqual(logged);
      });
      const ofFirst = logged.map(({ body }) => body).filter((body) => body.startsWith('w0-'));
      expect(ofFirst).toEqual(numbered('w0-', 1, 50));
    });

    it('counts what a publisher had accepted in a channel', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const publish = (publisher: string, id: string, channel = ROOM) =>
        broker.log.publish({ channel, publisher, id, body: id });
      expect(await publish('ann', '1')).toMatchObject({ count: 1, duplicate: false });
      expect(await publish('bob', '1')).toMatchObject({ count: 1, offset: 2, duplicate: false });
      expect(await publish('ann', '2')).toMatchObject({ count: 2, offset: 3 });
      expect(await publish('ann', '1', channelNamed('room:2'))).toMatchObject({ count: 1, duplicate: false });
    });
  });

  describe('dedupe', () => {
    it('accepts an id once per publisher and channel, answers with the first place, and publishes nothing', async () => {
      const world = await openFor(open);
      const one = await work(world, 'w1');
      const two = await work(world, 'w2');
      await one.broker.log.listen(ROOM);
      const request = { channel: ROOM, publisher: 'ann', id: 'same', body: 'a' };
      const first = await one.broker.log.publish(request);
      await say(one.broker, ROOM, 'other');
      const second = await two.broker.log.publish(request);
      expect(first).toMatchObject({ offset: 1, count: 1, duplicate: false });
      expect(second).toEqual({ ...first, count: 2, duplicate: true });
      await say(one.broker, ROOM, 'end');
      await eventually(() => expect(one.ear.bodies).toEqual(['a', 'other', 'end']));
    });

    it('forgets ids after the window', async () => {
      const world = await openFor(open, { dedupeWindowSeconds: 1 });
      const { broker } = await work(world, 'w1');
      const request = { channel: ROOM, publisher: 'ann', id: 'same', body: 'a' };
      await broker.log.publish(request);
      expect(await broker.log.publish(request)).toMatchObject({ duplicate: true });
      await world.pass(1_100);
      expect(await broker.log.publish(request)).toMatchObject({ offset: 2, count: 2, duplicate: false });
      expect(await broker.log.publish(request)).toMatchObject({ offset: 2, count: 2, duplicate: true });
    });

    it('remembers exactly the last dedupeMaxIds ids', async () => {
      const { broker } = await work(await openFor(open, { dedupeMaxIds: 10 }), 'w1');
      await say(broker, ROOM, ...numbered('m', 1, 35));
      const again = await say(broker, ROOM, ...numbered('m', 26, 35));
      expect(again.map(({ duplicate, offset }) => [duplicate, offset])).toEqual(
        Array.from({ length: 10 }, (_, index) => [true, 26 + index]),
      );
      expect((await say(broker, ROOM, 'm25'))[0]).toMatchObject({ duplicate: false, offset: 36, count: 36 });
    });
  });

  describe('listen', () => {
    it('hears what is published from its resolution on, and nothing after unlisten', async () => {
      const world = await openFor(open);
      const { broker, ear } = await work(world, 'w1');
      const speaker = await work(world, 'w2');
      await say(speaker.broker, ROOM, 'before');
      await broker.log.listen(ROOM);
      await say(speaker.broker, ROOM, 'heard');
      await eventually(() => expect(ear.bodies).toEqual(['heard']));
      broker.log.unlisten(ROOM);
      broker.log.unlisten(ROOM);
      await say(speaker.broker, ROOM, 'unheard');
      const end = channelNamed('end');
      await broker.log.listen(end);
      await say(speaker.broker, end, 'end');
      await eventually(() => expect(ear.bodies).toEqual(['heard', 'end']));
    });

    it('is right when a channel is given up and asked for again in quick succession', async () => {
      const { broker, ear } = await work(await openFor(open), 'w1');
      for (let round = 0; round < 20; round += 1) {
        void broker.log.listen(ROOM);
        broker.log.unlisten(ROOM);
      }
      await Promise.all([broker.log.listen(ROOM), broker.log.listen(ROOM)]);
      await say(broker, ROOM, 'a', 'b');
      await eventually(() => expect(ear.bodies).toEqual(['a', 'b']));
    });

    it('stands many channels at a time', async () => {
      const { broker, ear } = await work(await openFor(open), 'w1');
      const channels = numbered('many:', 1, 1_200).map(channelNamed);
      await Promise.all(channels.map((channel) => broker.log.listen(channel)));
      await Promise.all(channels.map((channel) => say(broker, channel, channel)));
      await eventually(() => expect(ear.publications).toHaveLength(1_200));
    });
  });

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
