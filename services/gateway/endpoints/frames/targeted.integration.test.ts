import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TargetedMessageFrame } from '../../../protocol/frames.js';
import type { Broker } from '../../broker/broker.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { clientNamed } from '../../broker/testing/world.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let workers: TestWorker[];
let brokers: Broker[];

beforeEach(async () => {
  cluster = createMemoryCluster();
  workers = [];
  brokers = [];
  for (const [COLOR, WORKER] of [
    ['blue', '1'],
    ['blue', '2'],
    ['green', '1'],
  ] as const) {
    const make = (id: string): Broker => {
      const broker = cluster.broker(id);
      brokers.push(broker);
      return broker;
    };
    workers.push(await startWorker(make, { COLOR, WORKER, LEASE_INTERVAL: '0.05' }));
  }
});
afterEach(async () => {
  await Promise.all(workers.map(({ app }) => app.stop()));
});

/** Resolves when it is welcomed. */
const connect = async (worker: number, query: string, path = '/ws'): Promise<TestClient> => {
  const client = await TestClient.connect(`${workers[worker]!.ws}${path}${query}`);
  await client.next('system.welcome');
  return client;
};
const targeted = ({ frames }: TestClient): TargetedMessageFrame[] =>
  frames.filter((frame): frame is TargetedMessageFrame => frame.type === 'message' && 'to' in frame);
const send = (client: TestClient, to: string, data: unknown, id = 's') => {
  client.send({ type: 'send', to: { client_id: to }, data, id });
  return client.answer(id);
};

describe('send', () => {
  it('[send-1] reaches every connection of a client, on all workers and colors, and says how many they are', async () => {
    const bob = await connect(0, '?client_id=bob');
    const adas = [
      await connect(0, '?client_id=ada'),
      await connect(1, '?client_id=ada'),
      await connect(1, '?client_id=ada', '/ws/chat/'),
      await connect(2, '?client_id=ada'),
      await connect(2, '?client_id=ada'),
    ];
    const eve = await connect(1, '?client_id=eve');
    expect(await send(bob, 'ada', { n: 1 })).toEqual({ type: 'ack', id: 's', message_count: 1, delivered: 5 });
    for (const ada of adas) {
      await vi.waitFor(() => expect(targeted(ada)).toHaveLength(1));
      expect(targeted(ada)).toEqual([
        {
          type: 'message',
          to: { client_id: 'ada' },
          message_id: targeted(adas[0]!)[0]!.message_id,
          from: 'bob',
          data: { n: 1 },
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        },
      ]);
    }
    for (const other of [bob, eve]) expect(targeted(other)).toEqual([]);
    for (const client of [bob, eve, ...adas]) await client.close();
  });

  it('[send-1] reaches who was welcomed: the welcome waits until the worker hears what the client is told', async () => {
    const bob = await connect(0, '?client_id=bob');
    const { clients } = brokers[2]!;
    const attend = clients.attend.bind(clients);
    let go: (() => void) | undefined;
    vi.spyOn(clients, 'attend').mockImplementation(async (clientId) => {
      await new Promise<void>((resolve) => (go = resolve));
      await attend(clientId);
    });
    const ada = await TestClient.connect(`${workers[2]!.ws}/ws?client_id=ada`);
    await vi.waitFor(() => expect(go).toBeDefined());
    expect(await send(bob, 'ada', 'early', 'a')).toMatchObject({ delivered: 0 });
    expect(ada.frames).toEqual([]);
    go?.();
    await ada.next('system.welcome');
    expect(await send(bob, 'ada', 'late', 'b')).toMatchObject({ delivered: 1 });
    await vi.waitFor(() => expect(targeted(ada)).toMatchObject([{ data: 'late' }]));
    await Promise.all([bob.close(), ada.close()]);
  });

  it('[send-1] reaches who sends, too, and nobody who has left, and says so', async () => {
    const [bob, ada] = [await connect(0, '?client_id=bob'), await connect(2, '?client_id=ada')];
    expect(await send(bob, 'bob', 'me')).toMatchObject({ delivered: 1 });
    expect(targeted(bob)).toHaveLength(1);
    expect(await send(bob, 'nobody', 'x', 'a')).toMatchObject({ delivered: 0 });
    await ada.close();
    await vi.waitFor(async () =>
      expect(await send(bob, 'ada', 'x', `${Math.random()}`)).toMatchObject({ delivered: 0 }),
    );
    await bob.close();
  });

  it('[send-2] keeps the order of one connection, without an id too, and is not deduped', async () => {
    const [bob, ada] = [await connect(0, '?client_id=bob'), await connect(2, '?client_id=ada')];
    for (let n = 0; n < 50; n += 1) bob.send({ type: 'send', to: { client_id: 'ada' }, data: n });
    expect(await send(bob, 'ada', 50)).toMatchObject({ message_count: 51, delivered: 1 });
    expect(await send(bob, 'ada', 51)).toMatchObject({ message_count: 52, delivered: 1 });
    await vi.waitFor(() => expect(targeted(ada)).toHaveLength(52));
    expect(targeted(ada).map(({ data }) => data)).toEqual(Array.from({ length: 52 }, (_, n) => n));
    expect(new Set(targeted(ada).map(({ message_id: id }) => id)).size).toBe(52);
    expect(bob.all('ack')).toHaveLength(2);
    await Promise.all([bob.close(), ada.close()]);
  });

  it('[count-1] counts in message_count, with publishes, and for who resumes the session', async () => {
    const bob = await TestClient.connect(`${workers[0]!.ws}/ws?client_id=bob`);
    const { session_id: session } = await bob.next('system.welcome');
    await bob.publish('room', 1);
    expect(await send(bob, 'x', 1)).toMatchObject({ message_count: 2 });
    expect(await bob.publish('room', 1)).toMatchObject({ message_count: 3 });
    expect(await send(bob, 'x', 1, 't')).toMatchObject({ message_count: 4 });
    await bob.close();
    const again = await TestClient.connect(`${workers[2]!.ws}/ws?session=${session}`);
    expect(await again.next('system.welcome')).toMatchObject({ resumed: true, message_count: 4 });
    expect(await send(again, 'x', 1)).toMatchObject({ message_count: 5 });
    await again.close();
  });

  it('[send-3] does not count the connections of a worker that hangs, and waits for it a second at most', async () => {
    const bob = await connect(0, '?client_id=bob');
    const ada = await connect(1, '?client_id=ada');
    const hung = cluster.broker('hung');
    const silent = { publication: () => {}, resumed: () => {}, told: () => {}, clientTold: () => {} };
    await hung.start({ ...silent, presenceChanged: () => {} });
    await hung.clients.attend(clientNamed('ada'));
    const startedAt = performance.now();
    expect(await send(bob, 'ada', 1)).toMatchObject({ delivered: 1 });
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await Promise.all([hung.stop(), bob.close(), ada.close()]);
  });

  it('[error-1] says that Redis is away: whether it was sent is not known; and it costs nothing', async () => {
    const bob = await connect(0, '?client_id=bob');
    cluster.disconnect(workers[0]!.workerId);
    expect(await send(bob, 'ada', 1)).toMatchObject({ type: 'error', code: 'unavailable' });
    cluster.reconnect();
    await bob.close();
  });
});
