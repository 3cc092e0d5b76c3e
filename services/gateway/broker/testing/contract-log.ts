import { describe, expect, it } from 'vitest';
import { PAGE, ROOM, channelNamed, eventually, numbered, openFor, say, work } from './world.js';
import type { OpenWorld } from './world.js';

/** Publishing and listening while nothing goes wrong. */
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

    it('[once-1] accepts an id once among publishes of many that are handed in together, and counts each publisher right', async () => {
      const { broker } = await work(await openFor(open), 'w1');
      const publish = (publisher: string, id: string) =>
        broker.log.publish({ channel: ROOM, publisher, id, body: `${publisher}:${id}` });
      const asked = [
        ['ann', '1'],
        ['bob', '1'],
        ['ann', '1'],
        ['ann', '2'],
        ['bob', '1'],
        ['bob', '2'],
      ] as const;
      const accepted = await Promise.all(asked.map(([publisher, id]) => publish(publisher, id)));
      expect(accepted.map(({ offset, count, duplicate }) => [offset, count, duplicate])).toEqual([
        [1, 1, false],
        [2, 1, false],
        [1, 1, true],
        [3, 2, false],
        [2, 1, true],
        [4, 2, false],
      ]);
      const { publications } = await broker.log.read({ channel: ROOM, ...PAGE });
      expect(publications.map(({ body }) => body)).toEqual(['ann:1', 'bob:1', 'ann:2', 'bob:2']);
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
};
