import { describe, expect, it } from 'vitest';
import { BrokerUnavailable } from '../channel-log.js';
import { PAGE, ROOM, channelNamed, clientNamed, eventually, isWell, numbered, openFor, say, work } from './world.js';
import type { OpenWorld } from './world.js';

/** The store goes away and comes back; so do subscriptions, and the broker itself. */
export const describeAbsence = (open: OpenWorld): void => {
  describe('absence', () => {
    it('refuses everything with BrokerUnavailable while the store is away, says so, and works again after', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      await say(broker, ROOM, 'before');
      await world.down();
      await eventually(() => expect(broker.health().redis).toEqual(expect.any(String)));
      await eventually(() => expect(broker.health().subscribed).toEqual(expect.any(String)));
      const askedMs = performance.now();
      const attempts = [
        say(broker, ROOM, 'while away'),
        broker.log.read({ channel: ROOM, ...PAGE }),
        broker.log.tops([ROOM]),
        broker.log.listen(ROOM),
        broker.sessions.touch(['ref']),
        broker.cluster.view(),
        broker.cluster.tell('w1', 'hello'),
        // In several commands, none of which may fail unheard.
        broker.presence.state(ROOM, new Map([[clientNamed('ann'), 1]]), true),
        broker.presence.state(ROOM, new Map([[clientNamed('ann'), 1]]), false),
        broker.presence.page(ROOM, { limit: 1, after: undefined }),
        broker.presence.forgetGone(),
        broker.sessions.foldChannel('ref', { channel: ROOM, accepted: 1, countedBefore: 0 }),
        broker.sessions.joinChannel('ref', ROOM),
      ];
      await Promise.all(attempts.map((attempt) => expect(attempt).rejects.toThrow(BrokerUnavailable)));
      // At once, not after a time-out.
      expect(performance.now() - askedMs).toBeLessThan(1_000);
      broker.log.unlisten(ROOM);
      await world.up();
      await isWell(broker);
      expect((await say(broker, ROOM, 'after'))[0]).toMatchObject({ offset: 2 });
    });

    it('does not listen after a listen that was refused', async () => {
      const world = await openFor(open);
      const { broker, ear } = await work(world, 'w1');
      await world.down();
      await eventually(() => expect(broker.health().subscribed).toBeDefined());
      await expect(broker.log.listen(ROOM)).rejects.toThrow(BrokerUnavailable);
      await world.up();
      await isWell(broker);
      await say(broker, ROOM, 'unheard');
      await broker.log.listen(ROOM);
      await say(broker, ROOM, 'heard');
      await eventually(() => expect(ear.bodies).toEqual(['heard']));
    });

    it('stands again by itself after a broken subscription, and says that something may have been missed', async () => {
      const world = await openFor(open);
      const { broker, ear } = await work(world, 'w1');
      const given = channelNamed('given-up');
      await Promise.all([broker.log.listen(ROOM), broker.log.listen(given)]);
      broker.log.unlisten(given);
      expect(ear.resumptions).toBe(0);
      await world.breakSubscriptions();
      await eventually(() => expect(ear.resumptions).toBe(1));
      await say(broker, given, 'unheard');
      await say(broker, ROOM, 'heard');
      await eventually(() => expect(ear.bodies).toEqual(['heard']));
      expect(ear.resumptions).toBe(1);
    });

    it('stands again after a restart of the store', async () => {
      const world = await openFor(open);
      const { broker, ear } = await work(world, 'w1');
      await broker.log.listen(ROOM);
      await world.restart({ keep: 'all' });
      await eventually(() => expect(ear.resumptions).toBe(1));
      await isWell(broker);
      await say(broker, ROOM, 'heard');
      await eventually(() => expect(ear.bodies).toEqual(['heard']));
    });

    it('stops in order, twice without harm, and refuses from then on', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const last = say(broker, ROOM, ...numbered('m', 1, 50));
      await Promise.all([broker.stop(), broker.stop()]);
      expect(await last).toHaveLength(50);
      await expect(broker.log.read({ channel: ROOM, ...PAGE })).rejects.toThrow(BrokerUnavailable);
      await broker.stop();
    });
  });
};
