import { describe, expect, it, vi } from 'vitest';
import { parseSessionId } from '../../protocol/ids.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { ROOM, channelNamed, clientNamed, connectionNumber } from '../broker/testing/world.js';
import { touchSessions } from './keep-alive.js';
import { WorkerMessages } from '../cluster/worker-messages.js';
import { Replacements } from './replacements.js';
import { Session } from './session.js';

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
    const again = vi.fn(() => Promise.resolve());
    await joining.joined(ROOM, again);
    expect(again).toHaveBeenCalledTimes(1);
    joining.counted(ROOM, 1);
    await joining.joined(ROOM, again);
    expect(again).toHaveBeenCalledTimes(1);
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
