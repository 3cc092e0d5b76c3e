import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Broker } from '../../gateway/broker/broker.js';
import { createMemoryCluster, type MemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { startWorker } from '../../gateway/testing/worker.js';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import { smokeColor, type SmokeResult } from './color.js';

/** What a release does instead of what it should. */
type Illness = (broker: Broker) => Broker;

const failing = (share: number): Illness => {
  let count = 0;
  return (broker) => ({
    ...theRestOf(broker),
    log: {
      ...theRestOfLog(broker),
      publish: (request) => {
        count += share;
        if (count < 1) return broker.log.publish(request);
        count -= 1;
        return Promise.reject(new Error('ill'));
      },
    },
  });
};

/** Its sessions are under other keys: it knows its own, and nobody else does. */
const otherSessions: Illness = (broker) => ({
  ...theRestOf(broker),
  log: {
    ...theRestOfLog(broker),
    publish: (request) => broker.log.publish({ ...request, publisher: `other ${request.publisher}` }),
  },
  sessions: {
    create: (ref, ...rest) => broker.sessions.create(`other ${ref}`, ...rest),
    resume: (ref, owner) => broker.sessions.resume(`other ${ref}`, owner),
    countSend: (ref) => broker.sessions.countSend(`other ${ref}`),
    joinChannel: (ref, channel) => broker.sessions.joinChannel(`other ${ref}`, channel),
    foldChannel: (ref, count) => broker.sessions.foldChannel(`other ${ref}`, count),
    keepSubscription: (ref, ...rest) => broker.sessions.keepSubscription(`other ${ref}`, ...rest),
    grant: (...given) => broker.sessions.grant(...given),
    areGranted: (...given) => broker.sessions.areGranted(...given),
    dropSubscription: (ref, channel) => broker.sessions.dropSubscription(`other ${ref}`, channel),
    savePlaces: (places) => broker.sessions.savePlaces(places.map((it) => ({ ...it, ref: `other ${it.ref}` }))),
    release: (ref, ...rest) => broker.sessions.release(`other ${ref}`, ...rest),
    charge: (ref, charge) => broker.sessions.charge(`other ${ref}`, charge),
    touch: (refs) => broker.sessions.touch(refs.map((ref) => `other ${ref}`)),
  },
});

const well: Illness = (broker) => broker;
const theRestOf = (broker: Broker): Broker => ({
  log: broker.log,
  sessions: broker.sessions,
  cluster: broker.cluster,
  clients: broker.clients,
  presence: broker.presence,
  samples: broker.samples,
  addresses: broker.addresses,
  revocations: broker.revocations,
  journal: broker.journal,
  start: (listener) => broker.start(listener),
  health: () => broker.health(),
  queue: () => broker.queue(),
  stop: () => broker.stop(),
});
const theRestOfLog = ({ log }: Broker): Broker['log'] => ({
  publish: (request) => log.publish(request),
  read: (query) => log.read(query),
  tops: (channels) => log.tops(channels),
  listen: (channel) => log.listen(channel),
  unlisten: (channel) => log.unlisten(channel),
});

let cluster: MemoryCluster;
let site: FakeSite;
beforeEach(() => {
  cluster = createMemoryCluster();
  site = fakeSite();
});

const run = async (color: 'blue' | 'green', illness: Illness): Promise<void> => {
  const settings = { COLOR: color, RELEASE: `of-${color}`, CONTROL_TOKEN: site.run.controlToken() };
  const worker = await startWorker((id) => illness(cluster.broker(id)), settings);
  onTestFinished(() => worker.app.stop());
  site.engine.runs(color, worker.http);
};

const smoke = (isRollback = false): Promise<SmokeResult> =>
  smokeColor(site, {
    color: 'green',
    release: 'of-green',
    from: 'blue',
    isRollback,
    signal: new AbortController().signal,
  });

describe('smokeColor', () => {
  test('two sound releases understand each other', async () => {
    await run('blue', well);
    await run('green', well);
    expect(await smoke()).toEqual({
      words: '1 workers; of-green and what blue runs understand each other both ways',
      warnings: [],
      leftIsDead: false,
    });
  });

  test.each([0.125, 0.5, 1])(
    'an old release that fails %d of its publishes is told, and refuses nothing',
    async (share) => {
      await run('blue', failing(share));
      await run('green', well);
      const { warnings } = await smoke();
      expect(warnings.length).toBeGreaterThan(0);
      for (const warning of warnings) expect(warning).toContain('blue-1 (release of-blue)');
    },
  );

  test.each([0.2, 0.5, 1])('a new release that fails %d of its publishes is refused', async (share) => {
    await run('blue', well);
    await run('green', failing(share));
    await expect(smoke()).rejects.toThrow('green-1');
  });

  test('a new release that fails is refused also where the old one does', async () => {
    await run('blue', failing(1));
    await run('green', failing(1));
    await expect(smoke()).rejects.toThrow('smoke test of green-1');
  });

  test('an old release whose workers are gone is told', async () => {
    await run('green', well);
    expect((await smoke()).warnings).toEqual(['no worker of blue answers: nothing could be tried between the two']);
  });

  test('two sound releases that do not go together are refused', async () => {
    await run('blue', well);
    await run('green', otherSessions);
    const words =
      "blue-1 (release of-blue) can't go on with what green-1 (release of-green) wrote: resume: resumed is false";
    await expect(smoke()).rejects.toThrow(words);
  });

  test('a rollback does not ask the release that it leaves to go on; the one that it goes to must', async () => {
    await run('blue', well);
    await run('green', otherSessions);
    const words =
      "green-1 (release of-green) can't go on with what blue-1 (release of-blue) wrote: resume: resumed is false";
    await expect(smoke(true)).rejects.toThrow(words);
  });
});
