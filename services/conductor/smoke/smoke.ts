import type { WorkerAddress } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { nameOf, type WorkerClient } from '../worker-client.js';
import { smokeCrossing } from './crossing.js';
import { expect, expectEqual } from './expect.js';
import { Probe, socketUrl } from './probe.js';
import type { Side } from './sides.js';
import { during, newChannel, publish, subscribe, type Open } from './speaking.js';
import { smokePlain, smokeStream } from './texts.js';

/** Opens probes that the workers do not count. */
export const openAs =
  (client: WorkerClient): Open =>
  (worker, path) =>
    Probe.open(socketUrl(worker, path), client.headers);

/**
 * Everything a client does, tried on one worker directly; its messages cross to `peer` and back.
 * @throws {Failure} naming the worker and what is wrong
 */
export const smokeWorker = async (side: Side, client: WorkerClient, peer: Side): Promise<void> => {
  const { worker, release } = side;
  const open = openAs(client);
  try {
    await smokeHttp(worker, client, release);
    await smokeSession(worker, open);
    await smokeTyping(worker, open);
    await smokeStream(socketUrl(worker, '/ws/metrics'), client.headers);
    await smokePlain(socketUrl(worker, '/ws/smoke'), client.headers);
    await smokeCrossing(side, peer, open);
  } catch (error) {
    const failing = error instanceof Failure ? error.worker : undefined;
    throw new Failure(`smoke test of ${nameOf(worker)}: ${messageOf(error)}`, {
      worker: failing ?? worker,
      cause: error,
    });
  }
};

const smokeHttp = async (worker: WorkerAddress, client: WorkerClient, release: string): Promise<void> => {
  await client.text('/healthz/');
  await client.text('/readyz/');
  const metrics = await client.text('/metrics/');
  expect(metrics.includes('# TYPE '), '/metrics/ holds no metrics');
  const version = await client.version();
  expectEqual(version.release, release, '/version: release');
  expectEqual(version.color, worker.color, '/version: color');
  expectEqual(version.worker, worker.name, '/version: worker');
};

/** Welcome, publish, ack, receive, and the same session again with its count and its place. */
const smokeSession = async (worker: WorkerAddress, open: Open): Promise<void> => {
  const channel = newChannel();
  const { session, place } = await during(open(worker, '/ws'), async (probe) => {
    expectEqual(probe.welcome.color, worker.color, 'welcome: color');
    expectEqual(probe.welcome.worker, worker.name, 'welcome: worker');
    const { epoch, offset } = await subscribe(probe, channel);
    const ack = await publish(probe, channel, 'hello', 'hello');
    const message = await probe.next('message');
    expectEqual(message.data, 'hello', 'message: data');
    expectEqual('offset' in message ? message.offset : undefined, ack.offset, 'message: offset');
    return { session: probe.welcome.session_id, place: { epoch, offset } };
  });
  await during(open(worker, `/ws?session=${session}`), async (probe) => {
    expectEqual(probe.welcome.resumed, true, 'resume: resumed');
    expectEqual(probe.welcome.message_count, 1, 'resume: message_count');
    expectEqual((await subscribe(probe, channel, place)).recovered, true, 'recover: recovered');
    expectEqual((await probe.next('message')).data, 'hello', 'recover: the message');
  });
};

/** `/ws/chat/` subscribes its clients by itself. Nothing is published there: people read it. */
const smokeTyping = (worker: WorkerAddress, open: Open): Promise<void> =>
  during(open(worker, '/ws/chat/'), async (probe) => {
    expectEqual((await probe.next('subscribed')).channel, 'chat', '/ws/chat/: channel');
  });
