import { describe, expect, it } from 'vitest';
import type { ClientId } from '../../../protocol/ids.js';
import type { WorkerLease } from '../cluster-directory.js';
import { GONE_AFTER_MS, PAGE_INFO_BYTES, type ClientInfo, type MemberPage } from '../presence-store.js';
import { ROOM, channelNamed, clientNamed, eventually, isWell, openFor, work, type Worker } from './world.js';
import type { OpenWorld, World } from './world.js';

const lease = (workerId: string): WorkerLease => ({
  workerId,
  color: 'blue',
  worker: '1',
  release: 'r1',
  startedAt: '2026-01-01T00:00:00.000Z',
  connections: 0,
  totals: {},
  gauges: {},
});

/** A worker with a lease. */
const worker = async (world: World, workerId: string): Promise<Worker> => {
  const made = await work(world, workerId);
  await made.broker.cluster.renew(lease(workerId));
  return made;
};
const clients = (numbers: Readonly<Record<string, number>>): Map<ClientId, number> =>
  new Map(Object.entries(numbers).map(([name, number]) => [clientNamed(name), number]));
const ALL = { limit: 100, after: undefined };
const names = ({ members }: MemberPage): readonly string[] => members.map(({ clientId }) => clientId);
const numbers = ({ members }: MemberPage): Readonly<Record<string, number>> =>
  Object.fromEntries(members.map(({ clientId, connections }) => [clientId, connections]));

const infos = (said: Readonly<Record<string, ClientInfo | undefined>>): Map<ClientId, ClientInfo | undefined> =>
  new Map(Object.entries(said).map(([name, info]) => [clientNamed(name), info]));
const said = ({ members }: MemberPage): Readonly<Record<string, ClientInfo | undefined>> =>
  Object.fromEntries(members.map(({ clientId, info }) => [clientId, info]));

/** Who is in a channel. */
export const describePresence = (open: OpenWorld): void => {
  describe('presence', () => {
    it('adds up what workers state, and keeps when a client came', async () => {
      const world = await openFor(open);
      const [one, two] = [(await worker(world, 'w1')).broker, (await worker(world, 'w2')).broker];
      const other = channelNamed('other');
      expect(await one.presence.page(ROOM, ALL)).toEqual({ members: [], count: 0, next: undefined });
      await one.presence.state(ROOM, clients({ ann: 2 }), false);
      const [{ joinedMs } = { joinedMs: 0 }] = (await two.presence.page(ROOM, ALL)).members;
      await two.presence.state(ROOM, clients({ bob: 1, ann: 1 }), false);
      await two.presence.state(other, clients({ cid: 1 }), false);
      const page = await one.presence.page(ROOM, ALL);
      expect(page).toMatchObject({ count: 2, next: undefined });
      expect(names(page)).toEqual(['ann', 'bob']);
      expect(numbers(page)).toEqual({ ann: 3, bob: 1 });
      await one.presence.state(ROOM, clients({ ann: 0 }), false);
      const rest = await one.presence.page(ROOM, ALL);
      expect(rest.members[0]).toEqual({ clientId: 'ann', connections: 1, joinedMs, info: undefined });
      await two.presence.state(ROOM, clients({ ann: 0, bob: 0 }), false);
      expect(await one.presence.page(ROOM, ALL)).toMatchObject({ members: [], count: 0 });
      expect(numbers(await one.presence.page(other, ALL))).toEqual({ cid: 1 });
    });

    it('takes what is stated again for the same, and with `whole` forgets all others of this worker', async () => {
      const world = await openFor(open);
      const [one, two] = [(await worker(world, 'w1')).broker, (await worker(world, 'w2')).broker];
      for (let n = 0; n < 2; n += 1) await one.presence.state(ROOM, clients({ ann: 2, bob: 1, cid: 0 }), false);
      await two.presence.state(ROOM, clients({ bob: 1 }), false);
      expect(numbers(await one.presence.page(ROOM, ALL))).toEqual({ ann: 2, bob: 2 });
      await one.presence.state(ROOM, clients({ ann: 1 }), true);
      expect(numbers(await one.presence.page(ROOM, ALL))).toEqual({ ann: 1, bob: 1 });
      expect(await one.presence.channels()).toEqual([ROOM]);
      await one.presence.state(ROOM, clients({}), true);
      expect(numbers(await one.presence.page(ROOM, ALL))).toEqual({ bob: 1 });
      expect([await one.presence.channels(), await two.presence.channels()]).toEqual([[], [ROOM]]);
    });

    it('gives members page by page, in order of their coming, while others come and go', async () => {
      const { presence } = (await worker(await openFor(open), 'w1')).broker;
      const all = Array.from({ length: 25 }, (_, n) => `c${String(n).padStart(2, '0')}`);
      await presence.state(ROOM, clients(Object.fromEntries(all.map((name) => [name, 1]))), false);
      const seen: string[] = [];
      let after: string | undefined;
      for (let n = 0; n < 3; n += 1) {
        const page = await presence.page(ROOM, { limit: 10, after });
        expect(page.count).toBe(n === 0 ? 25 : 24);
        seen.push(...names(page));
        after = page.next;
        // The very one behind which the next page begins is gone then.
        if (n === 0) await presence.state(ROOM, clients({ [page.members.at(-1)?.clientId ?? '']: 0 }), false);
      }
      expect(after).toBeUndefined();
      expect(seen).toEqual(all);
      expect((await presence.page(ROOM, { limit: 24, after: undefined })).next).toBeUndefined();
    });

    it('forgets a worker whose lease is not renewed, at once where somebody asks', async () => {
      const world = await openFor(open);
      const [one, two] = [(await worker(world, 'w1')).broker, (await worker(world, 'w2')).broker];
      await one.presence.state(ROOM, clients({ ann: 1 }), false);
      await two.presence.state(ROOM, clients({ ann: 2, bob: 1 }), false);
      await world.pass(GONE_AFTER_MS / 2);
      await one.cluster.renew(lease('w1'));
      expect(numbers(await one.presence.page(ROOM, ALL))).toEqual({ ann: 3, bob: 1 });
      await world.pass(GONE_AFTER_MS / 2 + 200);
      await one.cluster.renew(lease('w1'));
      expect(numbers(await one.presence.page(ROOM, ALL))).toEqual({ ann: 1 });
      // It was only paused.
      await two.cluster.renew(lease('w2'));
      await two.presence.state(ROOM, clients({ ann: 2, bob: 1 }), true);
      expect(numbers(await one.presence.page(ROOM, ALL))).toEqual({ ann: 3, bob: 1 });
    });

    it('forgets workers that ended or are gone in all their channels', async () => {
      const world = await openFor(open);
      const [one, two] = [(await worker(world, 'w1')).broker, (await worker(world, 'w2')).broker];
      const other = channelNamed('other');
      await one.presence.state(ROOM, clients({ ann: 1 }), false);
      for (const channel of [ROOM, other]) await two.presence.state(channel, clients({ bob: 1 }), false);
      await one.presence.forgetGone();
      expect(await two.presence.channels()).toHaveLength(2);
      await two.cluster.release(lease('w2'));
      await one.presence.forgetGone();
      expect(await two.presence.channels()).toEqual([]);
      await one.presence.forgetGone();
      expect(numbers(await one.presence.page(ROOM, ALL))).toEqual({ ann: 1 });
      expect(numbers(await one.presence.page(other, ALL))).toEqual({});
    });

    it('tells who watches who comes with its first connection and leaves with its last, on whatever worker', async () => {
      const world = await openFor(open);
      const [one, two] = [await worker(world, 'w1'), await worker(world, 'w2')];
      await Promise.all([one.broker.presence.watch(ROOM), one.broker.presence.watch(ROOM)]);
      await one.broker.presence.state(ROOM, clients({ ann: 1 }), false);
      await two.broker.presence.state(ROOM, clients({ ann: 1, bob: 1 }), false);
      await two.broker.presence.state(channelNamed('other'), clients({ cid: 1 }), false);
      await one.broker.presence.state(ROOM, clients({ ann: 1 }), true);
      await one.broker.presence.state(ROOM, clients({ ann: 0 }), false);
      await two.broker.cluster.release(lease('w2'));
      await one.broker.presence.forgetGone();
      await eventually(() => expect(one.ear.presenceChanges).toHaveLength(4));
      expect(new Set(one.ear.presenceChanges.map((words) => words.join(' ')))).toEqual(
        new Set(['join ann', 'join bob', 'leave ann', 'leave bob'].map((words) => `${ROOM} ${words}`)),
      );
      expect(two.ear.presenceChanges).toEqual([]);
      one.broker.presence.unwatch(ROOM);
      one.broker.presence.unwatch(channelNamed('other'));
      await one.broker.presence.watch(ROOM);
      await one.broker.presence.state(ROOM, clients({ eve: 1 }), false);
      await eventually(() => expect(one.ear.presenceChanges.at(-1)).toEqual([ROOM, 'join', 'eve']));
      await world.breakSubscriptions();
      await eventually(async () => {
        for (const number of [1, 0]) await one.broker.presence.state(ROOM, clients({ fay: number }), false);
        expect(one.ear.presenceChanges.at(-1)).toEqual([ROOM, 'leave', 'fay']);
      });
    });

    it('tells of each client what was said of it last, as long as it is there', async () => {
      const world = await openFor(open);
      const [one, two] = [await worker(world, 'w1'), await worker(world, 'w2')];
      const state = ({ broker }: Worker, number: number, ...info: readonly (string | undefined)[]) =>
        broker.presence.state(
          ROOM,
          clients({ ann: number }),
          false,
          info.length === 0 ? new Map() : infos({ ann: info[0] }),
        );
      const seen = async () => said(await one.broker.presence.page(ROOM, ALL));
      await one.broker.presence.watch(ROOM);
      await one.broker.presence.state(ROOM, clients({ ann: 1, bob: 1 }), false, infos({ ann: '{"a":"ä b"}' }));
      expect(await seen()).toEqual({ ann: '{"a":"ä b"}', bob: undefined });
      await state(two, 1, '2');
      await state(one, 2);
      await two.broker.presence.state(ROOM, clients({ ann: 1 }), true);
      expect(await seen()).toEqual({ ann: '2', bob: undefined });
      await state(two, 0, undefined);
      expect(await seen()).toEqual({ ann: '2', bob: undefined });
      await state(one, 2, '"3"');
      expect(await seen()).toEqual({ ann: '"3"', bob: undefined });
      await state(one, 2, undefined);
      expect(await seen()).toEqual({ ann: undefined, bob: undefined });
      await state(one, 2, '4');
      await state(one, 0, undefined);
      await state(one, 1);
      expect(await seen()).toEqual({ bob: undefined, ann: undefined });
      await eventually(() => expect(one.ear.presenceChanges).toHaveLength(4));
      expect(one.ear.presenceChanges).toEqual([
        [ROOM, 'join', 'ann', '{"a":"ä b"}'],
        [ROOM, 'join', 'bob'],
        [ROOM, 'leave', 'ann'],
        [ROOM, 'join', 'ann'],
      ]);
      await one.broker.presence.keepInfos([ROOM, channelNamed('other')]);
    });

    it('forgets what was said with the worker that is gone', async () => {
      const world = await openFor(open);
      const [one, two] = [(await worker(world, 'w1')).broker, (await worker(world, 'w2')).broker];
      await two.presence.state(ROOM, clients({ ann: 1 }), false, infos({ ann: '1' }));
      await two.cluster.release(lease('w2'));
      expect(await one.presence.page(ROOM, ALL)).toMatchObject({ count: 0 });
      await one.presence.state(ROOM, clients({ ann: 1 }), false);
      expect(said(await one.presence.page(ROOM, ALL))).toEqual({ ann: undefined });
    });

    it('ends a page where infos are too many for it, but not before the first', async () => {
      const { presence } = (await worker(await openFor(open), 'w1')).broker;
      const large = JSON.stringify('x'.repeat(PAGE_INFO_BYTES / 4 - 2));
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await presence.state(ROOM, clients({ [name]: 1 }), false, infos({ [name]: large }));
      }
      const first = await presence.page(ROOM, ALL);
      expect([names(first), first.count]).toEqual([['a', 'b', 'c', 'd'], 5]);
      const rest = await presence.page(ROOM, { limit: 100, after: first.next });
      expect([names(rest), rest.next]).toEqual([['e'], undefined]);
      await presence.state(ROOM, clients({ a: 1 }), false, infos({ a: JSON.stringify('x'.repeat(PAGE_INFO_BYTES)) }));
      expect(names(await presence.page(ROOM, ALL))).toEqual(['a']);
    });

    it('holds thousands that one worker states at once', async () => {
      const world = await openFor(open);
      const { presence } = (await worker(world, 'w1')).broker;
      const many = clients(Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`c${n}`, 1])));
      await presence.state(ROOM, many, false);
      await presence.state(ROOM, many, true);
      expect(await presence.page(ROOM, { limit: 1_000, after: undefined })).toMatchObject({ count: 3_000 });
      await presence.state(ROOM, clients({ c1: 1, new: 1 }), true);
      expect(numbers(await presence.page(ROOM, ALL))).toEqual({ c1: 1, new: 1 });
    });

    it('survives a restart that keeps everything', async () => {
      const world = await openFor(open);
      const { broker } = await worker(world, 'w1');
      await broker.presence.state(ROOM, clients({ ann: 1 }), false);
      await world.restart({ keep: 'all' });
      await isWell(broker);
      expect(numbers(await broker.presence.page(ROOM, ALL))).toEqual({ ann: 1 });
    });
  });
};
