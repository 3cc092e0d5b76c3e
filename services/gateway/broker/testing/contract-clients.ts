import { describe, expect, it } from 'vitest';
import { BrokerUnavailable } from '../channel-log.js';
import { clientNamed, eventually, isWell, openFor, work } from './world.js';
import type { OpenWorld } from './world.js';

const ADA = clientNamed('ada');
const BOB = clientNamed('bob');

/** Clients by their name, on whatever workers. */
export const describeClients = (open: OpenWorld): void => {
  describe('clients', () => {
    it('tells all workers that attend, in order, and says how many they are', async () => {
      const world = await openFor(open);
      const [one, two] = await Promise.all([work(world, 'w1'), work(world, 'w2')]);
      expect(await one.broker.clients.tell(ADA, 'nobody')).toBe(0);
      await Promise.all([one, two].map(({ broker }) => broker.clients.attend(ADA)));
      await one.broker.clients.attend(ADA);
      await two.broker.clients.attend(BOB);
      expect(await Promise.all(['a:b "c"', ''].map((text) => one.broker.clients.tell(ADA, text)))).toEqual([2, 2]);
      expect(await one.broker.clients.tell(BOB, 'to bob')).toBe(1);
      const told = [
        [ADA, 'a:b "c"'],
        [ADA, ''],
      ];
      await eventually(() => expect(one.ear.clientsTold).toEqual(told));
      await eventually(() => expect(two.ear.clientsTold).toEqual([...told, [BOB, 'to bob']]));
    });

    it('tells nobody who has left, and those that stay', async () => {
      const world = await openFor(open);
      const [one, two] = await Promise.all([work(world, 'w1'), work(world, 'w2')]);
      await Promise.all([one, two].map(({ broker }) => broker.clients.attend(ADA)));
      two.broker.clients.unattend(ADA);
      two.broker.clients.unattend(BOB);
      await eventually(async () => expect(await one.broker.clients.tell(ADA, 'one')).toBe(1));
      await one.broker.stop();
      await eventually(async () => expect(await two.broker.clients.tell(ADA, 'none')).toBe(0));
      await two.broker.clients.attend(ADA);
      expect(await two.broker.clients.tell(ADA, 'again')).toBe(1);
      await eventually(() => expect(two.ear.clientsTold.at(-1)).toEqual([ADA, 'again']));
    });

    it('attends to all of a herd that comes in one turn, but not to who leaves in it', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      // More than one command asks for.
      const herd = Array.from({ length: 600 }, (_, number) => clientNamed(`herd-${number}`));
      const [left, back] = [clientNamed('herd-0'), clientNamed('herd-1')];
      await broker.clients.attend(ADA);
      broker.clients.unattend(ADA);
      const standing = herd.map((name) => broker.clients.attend(name));
      broker.clients.unattend(left);
      broker.clients.unattend(back);
      await Promise.all([...standing, broker.clients.attend(back)]);
      const told = await Promise.all(herd.map((name) => broker.clients.tell(name, 'hello')));
      expect(told).toEqual(herd.map((name) => (name === left ? 0 : 1)));
    });

    it('attends again by itself when the store or its subscription was away, also to who came meanwhile', async () => {
      const world = await openFor(open);
      const { broker, ear } = await work(world, 'w1');
      await broker.clients.attend(ADA);
      await world.down();
      await eventually(() => expect(broker.health().subscribed).toBeDefined());
      await expect(broker.clients.tell(ADA, 'lost')).rejects.toThrow(BrokerUnavailable);
      await broker.clients.attend(BOB);
      await world.up();
      await isWell(broker);
      expect(await Promise.all([ADA, BOB].map((name) => broker.clients.tell(name, 'back')))).toEqual([1, 1]);
      await world.breakSubscriptions();
      await eventually(async () => expect(await broker.clients.tell(ADA, 'once more')).toBe(1));
      await eventually(() => expect(ear.clientsTold.at(-1)).toEqual([ADA, 'once more']));
    });
  });
};
