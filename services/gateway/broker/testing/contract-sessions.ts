import { describe, expect, it } from 'vitest';
import type { ConnectionId } from '../../../protocol/ids.js';
import { MAX_KEPT } from '../session-store.js';
import { ROOM, channelNamed, clientNamed, connectionNumber, epochNamed, offsetAt, openFor, work } from './world.js';
import type { OpenWorld } from './world.js';

const ANN = clientNamed('ann');
const owner = (connection: number, workerId = 'w1') => ({ connectionId: connectionNumber(connection), workerId });
const place = (offset: number, epoch = 'epoch') => ({ epoch: epochNamed(epoch), offset: offsetAt(offset) });

const keptAt = (offset: number) => ({ since: offsetAt(offset), byProgram: false });

/** What a client keeps across connections. */
export const describeSessions = (open: OpenWorld): void => {
  describe('sessions', () => {
    it('gives a session back to whoever resumes it on any worker, with its previous owner', async () => {
      const world = await openFor(open);
      const { sessions } = (await work(world, 'w1')).broker;
      const other = (await work(world, 'w2')).broker.sessions;
      await sessions.create('ref', ANN, owner(1));
      expect(await other.resume('ref', owner(2, 'w2'))).toEqual({
        clientId: ANN,
        place: undefined,
        counts: new Map(),
        countedBefore: new Map(),
        folded: 0,
        sends: 0,
        kept: new Map(),
        previousOwner: owner(1),
        spent: { mark: '', debtMs: 0 },
      });
      expect(await sessions.resume('ref', owner(3))).toMatchObject({ previousOwner: owner(2, 'w2') });
      expect(await sessions.resume('other', owner(4))).toBeUndefined();
    });

    it("[token-6] is its opener's: nobody else resumes it, nor takes it from its holder", async () => {
      const { sessions } = (await work(await openFor(open), 'w1')).broker;
      const bob = clientNamed('bob');
      await sessions.create('of a token', ANN, owner(1), place(3), ANN);
      await sessions.create('of nobody', ANN, owner(2));
      for (const [ref, subject] of [
        ['of a token', undefined],
        ['of a token', bob],
        ['of nobody', ANN],
      ] as const) {
        expect(await sessions.resume(ref, owner(3), subject)).toBeUndefined();
      }
      expect(await sessions.resume('of a token', owner(4), ANN)).toMatchObject({
        clientId: ANN,
        place: place(3),
        previousOwner: owner(1),
      });
      expect(await sessions.resume('of nobody', owner(5))).toMatchObject({ previousOwner: owner(2) });
    });

    it('forgets an owner whose connection ended, unless another one has taken over', async () => {
      const { sessions } = (await work(await openFor(open), 'w1')).broker;
      await sessions.create('ref', ANN, owner(1));
      await sessions.release('ref', connectionNumber(1));
      expect(await sessions.resume('ref', owner(2))).toMatchObject({ previousOwner: undefined });
      await sessions.release('ref', connectionNumber(1));
      expect(await sessions.resume('ref', owner(3))).toMatchObject({ previousOwner: owner(2) });
      await sessions.release('unknown', connectionNumber(1));
      expect(await sessions.resume('unknown', owner(4))).toBeUndefined();
    });

    it('counts messages to clients, on any worker, and tells who resumes the session', async () => {
      const world = await openFor(open);
      const { sessions } = (await work(world, 'w1')).broker;
      const other = (await work(world, 'w2')).broker.sessions;
      await sessions.create('ref', ANN, owner(1));
      expect(await sessions.countSend('ref')).toBe(1);
      expect(await other.countSend('ref')).toBe(2);
      expect(await sessions.resume('ref', owner(2))).toMatchObject({ clientId: ANN, sends: 2, counts: new Map() });
      expect(await sessions.countSend('unknown')).toBeUndefined();
      expect(await sessions.resume('unknown', owner(3))).toBeUndefined();
    });

    it('stores places, each only for the connection that holds the session', async () => {
      const { sessions } = (await work(await openFor(open), 'w1')).broker;
      await sessions.create('a', ANN, owner(1), place(3, 'with:colon'));
      await sessions.create('b', ANN, owner(2));
      const save = (ref: string, connectionId: ConnectionId, at: number) => ({ ref, connectionId, place: place(at) });
      expect(await sessions.resume('a', owner(1))).toMatchObject({ place: place(3, 'with:colon') });
      await sessions.savePlaces([
        save('a', connectionNumber(1), 10),
        save('b', connectionNumber(1), 11),
        save('unknown', connectionNumber(1), 12),
      ]);
      expect(await sessions.resume('a', owner(5))).toMatchObject({ place: place(10) });
      expect(await sessions.resume('b', owner(5))).toMatchObject({ place: undefined });
      await sessions.savePlaces([save('a', connectionNumber(1), 99)]);
      expect(await sessions.resume('a', owner(6))).toMatchObject({ place: place(10) });
      await sessions.release('a', connectionNumber(6));
      await sessions.savePlaces([save('a', connectionNumber(6), 100)]);
      expect(await sessions.resume('a', owner(7))).toMatchObject({ place: place(10) });
      expect(await sessions.resume('unknown', owner(8))).toBeUndefined();
    });

    it('gives back the counts of the channels that it joined', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const publish = (channel: typeof ROOM, id: string) =>
        broker.log.publish({ channel, publisher: 'ref', id, body: 'b' });
      await broker.sessions.create('ref', ANN, owner(1));
      await Promise.all(
        [ROOM, channelNamed('a'), channelNamed('b')].map((it) => broker.sessions.joinChannel('ref', it)),
      );
      await broker.sessions.joinChannel('ref', ROOM);
      await Promise.all([publish(ROOM, '1'), publish(ROOM, '2'), publish(ROOM, '2'), publish(channelNamed('a'), '1')]);
      const resumed = await (await work(world, 'w2')).broker.sessions.resume('ref', owner(2, 'w2'));
      const counts = new Map([...(resumed?.counts ?? [])].toSorted(([left], [right]) => left.localeCompare(right)));
      expect([...counts]).toEqual([
        ['a', 1],
        ['b', 0],
        [ROOM, 2],
      ]);
    });

    it('folds the count of a channel into one of its own, once; the ids seen there stay seen', async () => {
      const world = await openFor(open);
      const { broker } = await work(world, 'w1');
      const publish = (id: string) => broker.log.publish({ channel: ROOM, publisher: 'ref', id, body: 'b' });
      const state = async () => {
        const { counts, countedBefore, folded, sends } = (await broker.sessions.resume('ref', owner(2)))!;
        return { counts: [...counts], before: [...countedBefore], folded, sends };
      };
      await broker.sessions.create('ref', ANN, owner(1));
      await broker.sessions.countSend('ref');
      expect(await broker.sessions.joinChannel('ref', ROOM)).toBe(0);
      for (const id of ['1', '2', '3']) await publish(id);
      for (let n = 0; n < 2; n += 1) {
        await broker.sessions.foldChannel('ref', { channel: ROOM, accepted: 3, countedBefore: 0 });
        expect(await state()).toEqual({ counts: [], before: [], folded: 3, sends: 1 });
      }
      expect(await publish('2')).toMatchObject({ offset: 2, duplicate: true });
      expect(await publish('4')).toMatchObject({ count: 4, duplicate: false });
      expect(await broker.sessions.joinChannel('ref', ROOM)).toBe(3);
      expect(await state()).toEqual({ counts: [[ROOM, 4]], before: [[ROOM, 3]], folded: 3, sends: 1 });
      expect(await broker.sessions.countSend('ref')).toBe(2);
      await broker.sessions.foldChannel('ref', { channel: ROOM, accepted: 4, countedBefore: 3 });
      expect(await state()).toEqual({ counts: [], before: [], folded: 4, sends: 2 });
      // Nobody published there, or it is long ago.
      const silent = channelNamed('silent');
      await broker.sessions.joinChannel('ref', silent);
      await broker.sessions.foldChannel('ref', { channel: silent, accepted: 0, countedBefore: 0 });
      expect(await broker.sessions.joinChannel('ref', silent)).toBe(0);
      await broker.sessions.foldChannel('unknown', { channel: ROOM, accepted: 1, countedBefore: 0 });
      expect(await broker.sessions.resume('unknown', owner(3))).toBeUndefined();
    });

    it('[channel-4] keeps where it may go on, of so many channels, until that is dropped', async () => {
      const world = await openFor(open);
      const { sessions } = (await work(world, 'w1')).broker;
      const other = (await work(world, 'w2')).broker.sessions;
      await sessions.create('ref', ANN, owner(1));
      await sessions.keepSubscription('ref', ROOM, keptAt(3));
      await sessions.keepSubscription('ref', channelNamed('a'), keptAt(0));
      await sessions.keepSubscription('ref', ROOM, keptAt(5));
      await sessions.dropSubscription('ref', channelNamed('a'));
      await sessions.dropSubscription('ref', channelNamed('b'));
      expect((await other.resume('ref', owner(2, 'w2')))?.kept).toEqual(new Map([[ROOM, keptAt(5)]]));
      for (let n = 0; n < MAX_KEPT; n += 1) await sessions.keepSubscription('ref', channelNamed(`c${n}`), keptAt(n));
      await sessions.keepSubscription('ref', ROOM, keptAt(7));
      const kept = (await other.resume('ref', owner(3, 'w2')))?.kept;
      expect([kept?.size, kept?.get(ROOM)]).toEqual([MAX_KEPT, keptAt(7)]);
      await sessions.keepSubscription('unknown', ROOM, keptAt(1));
      await sessions.create('unknown', ANN, owner(4));
      expect((await sessions.resume('unknown', owner(5)))?.kept).toEqual(new Map());
    });

    it('[api-13] keeps what a program subscribed, until a program ends it, for sessions that are away too', async () => {
      const world = await openFor(open, { sessionTtlSeconds: 2 });
      const { sessions } = (await work(world, 'w1')).broker;
      const granted = { since: offsetAt(3), byProgram: true };
      await sessions.create('ref', ANN, owner(1));
      await sessions.keepSubscription('ref', ROOM, granted);
      const other = (await work(world, 'w2')).broker.sessions;
      expect((await other.resume('ref', owner(2, 'w2')))?.kept).toEqual(new Map([[ROOM, granted]]));
      const channels = [ROOM, channelNamed('a')];
      expect(await other.areGranted(ANN, channels)).toEqual([true, true]);
      await sessions.grant(ANN, ROOM, false);
      expect(await other.areGranted(ANN, channels)).toEqual([false, true]);
      expect(await other.areGranted(clientNamed('bob'), channels)).toEqual([true, true]);
      await sessions.grant(ANN, ROOM, true);
      expect(await other.areGranted(ANN, channels)).toEqual([true, true]);
      await sessions.grant(ANN, ROOM, false);
      await world.pass(2_100);
      expect(await other.areGranted(ANN, [ROOM])).toEqual([true]);
    });

    it('lives sessionTtlSeconds after its last use; touch keeps session and counts alive', async () => {
      const world = await openFor(open, { sessionTtlSeconds: 2 });
      const { broker } = await work(world, 'w1');
      await broker.sessions.create('kept', ANN, owner(1));
      await broker.sessions.create('left', ANN, owner(2));
      await broker.sessions.joinChannel('kept', ROOM);
      await broker.sessions.keepSubscription('kept', ROOM, keptAt(1));
      await broker.log.publish({ channel: ROOM, publisher: 'kept', id: '1', body: 'b' });
      for (let round = 0; round < 3; round += 1) {
        await world.pass(1_000);
        await broker.sessions.touch(['kept', 'unknown']);
      }
      expect(await broker.sessions.resume('left', owner(3))).toBeUndefined();
      const kept = await broker.sessions.resume('kept', owner(4));
      expect([...(kept?.counts ?? [])]).toEqual([[ROOM, 1]]);
      expect(kept?.kept).toEqual(new Map([[ROOM, keptAt(1)]]));
      await broker.sessions.touch([]);
    });
  });
};
