import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../broker/broker.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { clientNamed, connectionNumber } from '../../broker/testing/world.js';
import { parseSessionId } from '../../../protocol/ids.js';
import { sessionDigest } from '../../observability/logger.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

/** Connections whose session is still being opened: Redis is as slow as the test wants. */
let cluster: MemoryCluster;
let broker: Broker;
let worker: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  worker = await startWorker((id) => (broker = cluster.broker(id)));
});
afterEach(async () => {
  await worker.app.stop();
});

/** The next session is opened when `letThrough` is called. */
const hold = (method: 'create' | 'resume') => {
  let letThrough: () => void = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  const real: (...given: never[]) => Promise<unknown> = broker.sessions[method].bind(broker.sessions);
  const called = vi.spyOn(broker.sessions, method).mockImplementationOnce(async (...given: unknown[]) => {
    await held;
    return (await real(...(given as never[]))) as never;
  });
  return { letThrough, isWaiting: () => vi.waitFor(() => expect(called).toHaveBeenCalled()) };
};
/** Resolves when the worker has taken so many frames. */
const received = async (frames: number): Promise<void> => {
  const isSo = async (): Promise<boolean> => {
    const metrics = await (await fetch(`${worker.http}/metrics`)).text();
    return metrics.includes(`\nwebsocket_messages_received_total ${frames}\n`);
  };
  await expect.poll(isSo).toBe(true);
};
/** Who holds a session, by the store. */
const owner = async (session: string) => {
  const id = parseSessionId(session);
  if (id === undefined) throw new Error('a welcome has a session_id');
  const probe = { connectionId: connectionNumber(9), workerId: 'probe' };
  const stored = await broker.sessions.resume(sessionDigest(id), probe);
  await broker.sessions.release(sessionDigest(id), probe.connectionId);
  return stored?.previousOwner;
};

describe('while a session is being opened', () => {
  it('[connect-1] frames wait, and are answered in order behind the welcome', async () => {
    const session = hold('create');
    const client = await TestClient.connect(`${worker.ws}/ws`);
    client.send({ type: 'subscribe', channel: 'early', id: 's' });
    client.send({ type: 'publish', channel: 'early', data: 1, id: 'p' });
    await received(2);
    session.letThrough();
    await client.next('message');
    await client.next('ack');
    expect(client.frames.slice(0, 2)).toMatchObject([{ type: 'system.welcome' }, { type: 'subscribed', offset: 0 }]);
  });

  it('[chat-1] frames wait behind the subscription that the server makes', async () => {
    const session = hold('create');
    const client = await TestClient.connect(`${worker.ws}/ws/chat/`);
    client.send('typed before the welcome');
    client.send({ type: 'unsubscribe', channel: 'chat', id: 'u' });
    await received(2);
    session.letThrough();
    expect(await client.next('unsubscribed')).toMatchObject({ id: 'u' });
    expect(await client.next('ack')).toMatchObject({ message_count: 1 });
    expect(client.frames.slice(0, 2)).toMatchObject([{ type: 'system.welcome' }, { type: 'subscribed', offset: 0 }]);
  });

  it('[close-1013] more than 4,096 frames before the welcome are too much, empty ones too', async () => {
    const session = hold('create');
    const client = await TestClient.connect(`${worker.ws}/ws`);
    for (let n = 0; n <= 4_096; n += 1) client.send('');
    expect((await client.closed).code).toBe(1013);
    session.letThrough();
  });

  it('[close-1013] more than 256 KiB before the welcome is too much', async () => {
    const session = hold('create');
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await session.isWaiting();
    for (let n = 0; n < 5; n += 1) client.send('x'.repeat(60_000));
    expect((await client.closed).code).toBe(1013);
    // It was never welcomed: there is no goodbye.
    expect(client.frames).toEqual([]);
    session.letThrough();
  });

  it.each(['/ws', '/ws/chat/'])('[close-1013] on %s Redis that is away by then is told', async (path) => {
    vi.spyOn(broker.sessions, 'create').mockRejectedValueOnce(new BrokerUnavailable('away'));
    const client = await TestClient.connect(`${worker.ws}${path}`);
    expect((await client.closed).code).toBe(1013);
    expect(client.frames).toEqual([]);
  });

  it('[close-1013] who could not be given a session is reached by no name', async () => {
    let refuse: (error: Error) => void = () => {};
    vi.spyOn(broker.sessions, 'create').mockImplementationOnce(() => new Promise((_, reject) => (refuse = reject)));
    const client = await TestClient.connect(`${worker.ws}/ws?client_id=ada`);
    const tell = () => broker.clients.tell(clientNamed('ada'), 'somebody w message {}');
    await expect.poll(tell).toBe(1);
    refuse(new BrokerUnavailable('away'));
    expect((await client.closed).code).toBe(1013);
    await expect.poll(tell).toBe(0);
  });

  it.each(['/ws', '/ws/chat/'])('[close-1012] on %s a deploy moves the connection at once', async (path) => {
    const session = hold('create');
    const client = await TestClient.connect(`${worker.ws}${path}`);
    await session.isWaiting();
    worker.app.draining.begin('deploy');
    expect(await client.closed).toEqual({ code: 1012, reason: 'deploy' });
    session.letThrough();
  });

  it.each(['/ws', '/ws/chat/'])('[connect-7] on %s a connection that closes leaves no trace', async (path) => {
    const first = await TestClient.connect(`${worker.ws}${path}`);
    const { session_id: id } = await first.next('system.welcome');
    await first.close();
    await expect.poll(() => owner(id)).toBeUndefined();
    const session = hold('resume');
    const second = await TestClient.connect(`${worker.ws}${path}?session=${id}`);
    await session.isWaiting();
    const released = vi.spyOn(broker.sessions, 'release');
    await second.close();
    await expect.poll(() => worker.app.connections.size).toBe(0);
    session.letThrough();
    await expect.poll(() => released.mock.calls.length).toBe(1);
    expect(await owner(id)).toBeUndefined();
    expect(worker.logs.filter(({ event }) => event === 'websocket_connected')).toHaveLength(1);
  });
});

describe('when it ends', () => {
  it('[connect-7] [close-1000] a connection gives its session free', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    const { session_id: session } = await client.next('system.welcome');
    expect((await client.close()).code).toBe(1000);
    await expect.poll(() => owner(session)).toBeUndefined();
  });

  it('[bye-1] says goodbye once, as the last frame', async () => {
    const first = await TestClient.connect(`${worker.ws}/ws`);
    const { session_id: session } = await first.next('system.welcome');
    await first.publish('room', 1);
    await TestClient.connect(`${worker.ws}/ws?session=${session}`);
    expect((await first.closed).code).toBe(4409);
    expect(first.all('system.bye')).toMatchObject([{ message_count: 1 }]);
    expect(first.frames.at(-1)?.type).toBe('system.bye');
  });
});
