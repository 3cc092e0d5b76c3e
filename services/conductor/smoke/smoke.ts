import { randomUUID } from 'node:crypto';
import { parseChannelName, parseFrameId, type ChannelName, type FrameId } from '../../protocol/ids.js';
import type { JsonValue } from '../../protocol/frames.js';
import type { WorkerAddress } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { nameOf, type WorkerClient } from '../worker-client.js';
import { Probe } from './probe.js';
import { smokePlain, smokeStream } from './texts.js';

/** Where the messages of a smoke test cross to. */
export type Peer = WorkerAddress;

/** Opens a probe on a worker. */
type Open = (place: WorkerAddress, path: string) => Promise<Probe>;

/** Everything a client does, tried on one worker directly. @throws {Failure} naming the worker and what is wrong */
export const smokeWorker = async (
  worker: WorkerAddress,
  client: WorkerClient,
  release: string,
  peer: Peer,
): Promise<void> => {
  const open: Open = (place, path) => Probe.open(socketUrl(place, path), client.headers);
  try {
    await smokeHttp(worker, client, release);
    await smokeSession(worker, open);
    await smokeTyping(worker, open);
    await smokeStream(socketUrl(worker, '/ws/metrics'), client.headers);
    await smokePlain(socketUrl(worker, '/ws/smoke'), client.headers);
    await smokeCrossing(worker, peer, open);
  } catch (error) {
    throw new Failure(`smoke test of ${nameOf(worker)}: ${messageOf(error)}`, { worker, cause: error });
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
  const first = await open(worker, '/ws');
  try {
    expectEqual(first.welcome.color, worker.color, 'welcome: color');
    expectEqual(first.welcome.worker, worker.name, 'welcome: worker');
    const { epoch, offset } = await subscribe(first, channel);
    await publishAndReceive(first, first, channel, 'hello');
    first.close();
    const again = await open(worker, `/ws?session=${first.welcome.session_id}`);
    try {
      expectEqual(again.welcome.resumed, true, 'resume: resumed');
      expectEqual(again.welcome.message_count, 1, 'resume: message_count');
      again.send({ type: 'subscribe', channel, recover: { epoch, offset }, id: frameId('recover') });
      expectEqual((await again.next('subscribed')).recovered, true, 'recover: recovered');
      expectEqual((await again.next('message')).data, 'hello', 'recover: the message');
    } finally {
      again.close();
    }
  } finally {
    first.close();
  }
};

/** `/ws/chat/` subscribes its clients by itself. Nothing is published there: people read it. */
const smokeTyping = async (worker: WorkerAddress, open: Open): Promise<void> => {
  const probe = await open(worker, '/ws/chat/');
  try {
    expectEqual((await probe.next('subscribed')).channel, 'chat', '/ws/chat/: channel');
  } finally {
    probe.close();
  }
};

/** A message from the worker to its peer, and one back. */
const smokeCrossing = async (worker: WorkerAddress, peer: Peer, open: Open): Promise<void> => {
  const channel = newChannel();
  const here = await open(worker, '/ws');
  try {
    const there = await open(peer, '/ws');
    try {
      await subscribe(here, channel);
      await subscribe(there, channel);
      await publishAndReceive(here, there, channel, `to ${nameOf(peer)}`);
      await here.next('message');
      await publishAndReceive(there, here, channel, `from ${nameOf(peer)}`);
    } finally {
      there.close();
    }
  } finally {
    here.close();
  }
};

const subscribe = async (probe: Probe, channel: ChannelName) => {
  probe.send({ type: 'subscribe', channel, id: frameId('subscribe') });
  return probe.next('subscribed');
};

const publishAndReceive = async (from: Probe, to: Probe, channel: ChannelName, data: JsonValue): Promise<void> => {
  from.send({ type: 'publish', channel, data, id: frameId('publish') });
  const ack = await from.next('ack');
  const message = await to.next('message');
  expectEqual(message.data, data, 'message: data');
  expectEqual('offset' in message ? message.offset : undefined, ack.offset, 'message: offset');
};

export const socketUrl = (place: Readonly<{ url: string }>, path: string): string =>
  `${place.url.replace(/^http/, 'ws')}${path}`;

const expect = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Failure(otherwise);
};

const expectEqual = (found: unknown, wanted: unknown, what: string): void =>
  expect(found === wanted, `${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);

const required = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Failure('the smoke test made a name that the protocol does not allow');
  return value;
};
const newChannel = (): ChannelName => required(parseChannelName(`smoke:${randomUUID()}`));
const frameId = (text: string): FrameId => required(parseFrameId(text));
