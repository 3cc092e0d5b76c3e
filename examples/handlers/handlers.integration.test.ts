import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../services/gateway/broker/broker.js';
import { createRedisBroker } from '../../services/gateway/broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../../services/gateway/broker/testing/redis-server.js';
import { Handlers } from '../../services/gateway/handlers/handlers.js';
import { TestClient } from '../../services/gateway/testing/client.js';
import { startWorker, type TestWorker } from '../../services/gateway/testing/worker.js';
import { press } from './counter-room.js';
import { start, stop } from './typing.js';

let redis: RedisServer;
let workers: readonly TestWorker[];

beforeAll(async () => {
  redis = await startRedis();
  const found = [press, start, stop].map((handler) => ({ handler, file: 'examples' }));
  workers = await Promise.all(
    (['blue', 'green'] as const).map((COLOR) =>
      startWorker(
        (workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }),
        { COLOR },
        { handlers: new Handlers(found) },
      ),
    ),
  );
});
afterAll(async () => {
  await Promise.all(workers.map(({ app }) => app.stop()));
  await redis.stop();
});

/** A client on each worker. */
const clientsOn = (): Promise<TestClient[]> =>
  Promise.all(workers.map(({ ws }, index) => TestClient.connect(`${ws}/ws?client_id=client-${index + 1}`)));

it('the counter of a room is exact over two workers, and everybody sees it', async () => {
  const clients = await clientsOn();
  for (const client of clients) await client.subscribe('counter:lobby');
  const counts = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      const client = clients[n % 2]!;
      const reply = client.next('reply', ({ id }) => id === `n${n}`);
      client.send({ type: 'counter.press', id: `n${n}`, data: { room: 'lobby' } });
      return (await reply).data as { room: string; count: number };
    }),
  );
  const upTo30 = Array.from({ length: 30 }, (_, n) => n + 1);
  expect(counts.map(({ count }) => count).sort((a, b) => a - b)).toEqual(upTo30);
  for (const client of clients) {
    await client.next('message', ({ offset }) => offset === 30);
    expect(client.all('message').map(({ offset }) => offset)).toEqual(upTo30);
  }
});

it('who types on one worker is shown on the other, and who stops is no more', async () => {
  const [writer, reader] = await clientsOn();
  await reader!.subscribe('typing:lobby');
  for (const type of ['typing.start', 'typing.start', 'typing.stop']) {
    writer!.send({ type, id: type, data: { room: 'lobby' } });
    await writer!.next('reply');
  }
  await reader!.next('message', ({ offset }) => offset === 2);
  expect(reader!.all('message').map(({ data }) => data)).toEqual([
    { client_id: 'client-1', typing: true, seconds: 5 },
    { client_id: 'client-1', typing: false },
  ]);
});
