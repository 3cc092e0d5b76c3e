import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../broker/broker.js';
import { createRedisBroker } from '../../broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../../broker/testing/redis-server.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const CLIENTS = 500;
const SPEAKERS = 20;
const LINES = 5;

let redis: RedisServer;
let workers: TestWorker[];
beforeEach(async () => {
  redis = await startRedis();
  workers = await Promise.all(
    ['blue', 'blue', 'green', 'green'].map((color, index) =>
      startWorker((workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }), {
        COLOR: color,
        WORKER: String(1 + (index % 2)),
      }),
    ),
  );
});
afterEach(async () => {
  await Promise.all(workers.map(({ app }) => app.stop()));
  await redis.stop();
});

it('[plain-2] 500 clients on four workers of two colors hear every line once, all in the same order', async () => {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) => TextClient.connect(`${workers[n % 4]?.ws}/ws/c${n}`)),
  );
  // Who has heard this is subscribed, and the lines begin behind it.
  const [first] = clients;
  const says = 'Client #c0 says: ';
  for (let n = 0; clients.some(({ texts }) => !texts.some((text) => text.startsWith(says))); n += 1) {
    first?.say(`ready ${n}`);
    await first?.hears(`${says}ready ${n}`);
  }
  first?.say('go');
  await Promise.all(clients.map((client) => client.hears(`${says}go`)));
  for (let n = 0; n < LINES; n += 1) {
    for (const [index, speaker] of clients.slice(0, SPEAKERS).entries()) speaker.say(`${index}:${n}`);
  }
  const since = ({ texts }: TextClient): string[] =>
    texts.slice(texts.indexOf(`${says}go`) + 1).filter((text) => !text.startsWith('You sent: '));
  await Promise.all(clients.map((client) => client.when(() => since(client).length >= SPEAKERS * LINES)));
  const [heard = []] = clients.map(since);
  const spoken = Array.from({ length: SPEAKERS }, (_, index) =>
    Array.from({ length: LINES }, (_line, n) => `Client #c${index} says: ${index}:${n}`),
  );
  expect([...heard].sort()).toEqual(spoken.flat().sort());
  for (const client of clients) expect(since(client)).toEqual(heard);
  for (const [index, lines] of spoken.entries()) {
    expect(heard.filter((text) => text.startsWith(`Client #c${index} `))).toEqual(lines);
  }
});
