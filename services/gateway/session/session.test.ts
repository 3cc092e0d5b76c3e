import { describe, expect, it, vi } from 'vitest';
import { parseSessionId } from '../../protocol/ids.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import type { SessionStore } from '../broker/session-store.js';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { ROOM, channelNamed, clientNamed, connectionNumber } from '../broker/testing/world.js';
import { touchSessions } from './keep-alive.js';
import { WorkerMessages } from '../cluster/worker-messages.js';
import { Replacements } from './replacements.js';
import { MAX_COUNTED_CHANNELS, Session } from './session.js';
import { Sessions } from './sessions.js';

const OTHER = channelNamed('other');
const session = (counts: readonly (readonly [typeof ROOM, number])[] = []): Session => {
  const id = parseSessionId('5f0c0000-0000-4000-8000-000000000000');
  if (id === undefined) throw new Error('not a session_id');
  return new Session({
    id,
    ref: 'a session',
    clientId: clientNamed('ada'),
    resumed: true,
    place: undefined,
    counts: new Map(counts),
    countedBefore: new Map(),
    folded: 0,
    sends: 2,
    kept: new Map(),
  });
};

describe('Session', () => {
  it('[count-1] adds up what was accepted in all channels, and never falls when acks come late', () => {
    const resumed = session([
      [ROOM, 3],
      [OTHER, 4],
    ]);
    expect(resumed.messageCount).toBe(9);
    resumed.counted(ROOM, 5);
    resumed.counted(ROOM, 4);
    expect(resumed.messageCount).toBe(11);
    resumed.countedSends(3);
    resumed.countedSends(1);
    resumed.counted(channelNamed('third'), 1);
    expect(resumed.messageCount).toBe(13);
  });

  it('[count-1] joins a channel once for publishes in flight together, and again when that failed', async () => {
    const joining = session();
    const join = vi.fn(() => Promise.reject(new BrokerUnavailable('away')));
    const both = Promise.allSettled([joining.joined(ROOM, join), joining.joined(ROOM, join)]);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(join).toHaveBeenCalledTimes(1);
    const again = vi.fn(() => Promise.resolve(0));
    await joining.joined(ROOM, again);
    expect(again).toHaveBeenCalledTimes(1);
    joining.counted(ROOM, 1);
    await joining.joined(ROOM, again);
    expect(again).toHaveBeenCalledTimes(1);
  });
});

describe('a session that publishes to ever new channels', () => {
  const many = Array.from({ length: 3 * MAX_COUNTED_CHANNELS }, (_, n) => channelNamed(`many:${n}`));
  /** A session on a store in memory, and what a publish in it does. */
  const publisher = async () => {
    const cluster = createMemoryCluster();
    const { log, sessions: store } = cluster.broker('w1');
    const sessions = new Sessions(store, 'w1');
    const request = { requested: undefined, clientId: clientNamed('ada'), firstPlace: undefined };
    const { session: opened } = await sessions.open({ ...request, connectionId: connectionNumber(1) });
    const publish = async (channel: typeof ROOM, id: string) => {
      await sessions.joinChannel(opened, channel);
      const accepted = await log.publish({ channel, publisher: opened.ref, id, body: 'b' });
      if (!opened.counts(channel)) await sessions.joinChannel(opened, channel);
      opened.counted(channel, accepted.count);
      return accepted;
    };
    const resumed = async () => {
      const again = { ...request, requested: opened.id, connectionId: connectionNumber(2) };
      return (await sessions.open(again)).session;
    };
    return { session: opened, sessions, store, log, publish, resumed, cluster };
  };
  const countedIn = async (store: SessionStore, ref: string) =>
    (await store.resume(ref, { connectionId: connectionNumber(3), workerId: 'w1' }))?.counts.size;

  it('[count-1] counts those of the newest one by one, the others in sum, and each message once', async () => {
    const { session: ours, store, publish, resumed } = await publisher();
    for (const channel of many) await publish(channel, '1');
    expect(ours.messageCount).toBe(many.length);
    expect(await countedIn(store, ours.ref)).toBe(MAX_COUNTED_CHANNELS);
    // The first were folded, and come again.
    for (const channel of many.slice(0, 10)) for (const id of ['2', '3']) await publish(channel, id);
    expect(ours.messageCount).toBe(many.length + 20);
    expect((await resumed()).messageCount).toBe(many.length + 20);
    for (const channel of many.slice(20)) await publish(channel, '4');
    expect(ours.messageCount).toBe(2 * many.length);
    expect((await resumed()).messageCount).toBe(2 * many.length);
    expect(await countedIn(store, ours.ref)).toBe(MAX_COUNTED_CHANNELS);
  });

  it('[once-1] knows the ids that it used in channels that are folded', async () => {
    const { session: ours, publish } = await publisher();
    for (const channel of many) await publish(channel, '1');
    expect(await publish(many[0] ?? ROOM, '1')).toMatchObject({ offset: 1, duplicate: true });
    expect(ours.messageCount).toBe(many.length);
  });

  it('[count-1] counts what was under way in a channel while it was folded', async () => {
    const { session: ours, sessions, log, publish, resumed } = await publisher();
    await publish(ROOM, '1');
    await sessions.joinChannel(ours, ROOM);
    const { count } = await log.publish({ channel: ROOM, publisher: ours.ref, id: '2', body: 'b' });
    for (const channel of many) await publish(channel, '1');
    expect(ours.counts(ROOM)).toBe(false);
    await sessions.joinChannel(ours, ROOM);
    ours.counted(ROOM, count);
    expect(ours.messageCount).toBe(many.length + 2);
    expect((await resumed()).messageCount).toBe(many.length + 2);
  });

  it('[count-1] comes down to as many channels when an older release let it have more', async () => {
    const { session: ours, store, publish, resumed } = await publisher();
    for (const channel of many) await store.joinChannel(ours.ref, channel);
    const next = await resumed();
    const sessions = new Sessions(store, 'w1');
    for (let n = 0; n < many.length; n += 1) await sessions.joinChannel(next, channelNamed(`new:${n}`));
    expect(await countedIn(store, ours.ref)).toBe(MAX_COUNTED_CHANNELS);
    await publish(ROOM, '1');
    expect((await resumed()).messageCount).toBe(1);
  });

  it('counts a channel on that could not be folded, since Redis was away', async () => {
    const { session: ours, sessions, store, publish, resumed, cluster } = await publisher();
    for (const channel of many.slice(0, MAX_COUNTED_CHANNELS)) await publish(channel, '1');
    const [first = ROOM] = many;
    cluster.disconnect();
    await expect(sessions.joinChannel(ours, ROOM)).rejects.toThrow(BrokerUnavailable);
    expect(ours.counts(first)).toBe(true);
    cluster.reconnect();
    for (const channel of [ROOM, first]) await publish(channel, '2');
    expect(ours.messageCount).toBe(MAX_COUNTED_CHANNELS + 2);
    expect((await resumed()).messageCount).toBe(MAX_COUNTED_CHANNELS + 2);
    expect(await countedIn(store, ours.ref)).toBe(MAX_COUNTED_CHANNELS);
  });
});

describe('touchSessions', () => {
  it('[resume-5] touches the sessions that are open, and leaves it for the next visit while Redis is away', async () => {
    const cluster = createMemoryCluster();
    const { sessions } = cluster.broker('w');
    const touch = vi.spyOn(sessions, 'touch');
    await touchSessions(sessions, [{ sessionRef: 'a' }, { sessionRef: undefined }, { sessionRef: 'b' }]);
    expect(touch).toHaveBeenCalledWith(['a', 'b']);
    await touchSessions(sessions, [{ sessionRef: undefined }]);
    expect(touch).toHaveBeenCalledTimes(1);
    cluster.disconnect();
    await expect(touchSessions(sessions, [{ sessionRef: 'a' }])).resolves.toBeUndefined();
  });
});

describe('Replacements', () => {
  const id = connectionNumber(1);

  it('[connect-7] closes the older connection here, or tells the worker that has it', async () => {
    const cluster = createMemoryCluster();
    const [here, there] = [cluster.broker('here'), cluster.broker('there')];
    const closedHere: unknown[] = [];
    const closedThere: unknown[] = [];
    const replacements = new Replacements(new WorkerMessages(here.cluster), 'here', (connection) =>
      closedHere.push(connection),
    );
    const messages = new WorkerMessages(there.cluster);
    void new Replacements(messages, 'there', (connection) => closedThere.push(connection));
    await there.start({
      publication: () => {},
      resumed: () => {},
      told: (message) => messages.told(message),
      clientTold: () => {},
      presenceChanged: () => {},
    });
    replacements.replace({ workerId: 'here', connectionId: id });
    expect(closedHere).toEqual([id]);
    replacements.replace({ workerId: 'there', connectionId: id });
    await vi.waitFor(() => expect(closedThere).toEqual([id]));
    expect(closedHere).toHaveLength(1);
  });

  it('ignores what it does not understand, and does not fail when nobody can be told', async () => {
    const cluster = createMemoryCluster();
    const { cluster: directory } = cluster.broker('here');
    const close = vi.fn<(connection: typeof id) => void>();
    const messages = new WorkerMessages(directory);
    const replacements = new Replacements(messages, 'here', close);
    for (const message of ['', 'replace', 'replace nobody', `promote ${id}`, `12345678${id}`]) messages.told(message);
    expect(close).not.toHaveBeenCalled();
    cluster.disconnect();
    const told = vi.spyOn(directory, 'tell');
    replacements.replace({ workerId: 'there', connectionId: id });
    await expect(told.mock.results[0]?.value).rejects.toThrow(BrokerUnavailable);
  });
});
