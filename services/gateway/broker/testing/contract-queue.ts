import { describe, expect, it } from 'vitest';
import { BrokerOverloaded } from '../channel-log.js';
import { PAGE, ROOM, numbered, openFor, say, work } from './world.js';
import type { OpenWorld } from './world.js';

/** Publishes that wait. */
export const describeQueue = (open: OpenWorld): void => {
  describe('queue', () => {
    it('[error-3] holds at most maxQueueSize publishes; one more is refused as overloaded and has no effect', async () => {
      const { broker } = await work(await openFor(open, { maxQueueSize: 3 }), 'w1');
      expect(broker.queue()).toEqual({ size: 0, capacity: 3 });
      const taken = say(broker, ROOM, 'm1', 'm2', 'm3');
      expect(broker.queue()).toEqual({ size: 3, capacity: 3 });
      await expect(say(broker, ROOM, 'm4')).rejects.toThrow(BrokerOverloaded);
      expect((await taken).map(({ offset }) => offset)).toEqual([1, 2, 3]);
      expect(broker.queue().size).toBe(0);
      const { publications } = await broker.log.read({ channel: ROOM, ...PAGE });
      expect(publications.map(({ body }) => body)).toEqual(['m1', 'm2', 'm3']);
      expect((await say(broker, ROOM, 'm4'))[0]).toMatchObject({ offset: 4, duplicate: false });
    });

    it('[order-4] keeps the order of a publisher, however few of its publishes may be at Redis', async () => {
      const { broker } = await work(await openFor(open, { consumerPoolSize: 1 }), 'w1');
      const accepted = await say(broker, ROOM, ...numbered('m', 1, 20));
      expect(accepted.map(({ offset }) => offset)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });
  });
};
