import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { DEFAULT_LIMITS, type Broker } from '../../broker/broker.js';
import { createRedisBroker } from '../../broker/redis/redis-broker.js';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { redisFor } from '../../broker/testing/redis-worker.js';
import { defineHandler, type Handler } from '../../handlers/handler.js';
import { Handlers } from '../../handlers/handlers.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const workerWith = async (
  handler: Handler,
  broker: (id: string) => Broker,
  settings: Readonly<Record<string, string>>,
): Promise<TestWorker> => {
  const worker = await startWorker(broker, settings, { handlers: new Handlers([{ handler, file: 'test.mjs' }]) });
  onTestFinished(() => worker.app.stop());
  return worker;
};

test('a call that publishes and sends without waiting keeps nobody else on its worker from speaking', async () => {
  const redis = await redisFor();
  let begun: () => void = () => {};
  const flooded = new Promise<void>((resolve) => (begun = resolve));
  const flood = defineHandler({
    type: 'flood',
    schema: z.unknown(),
    async handle(context) {
      const asked = Array.from({ length: 12_000 }, (_, n) =>
        n % 8 === 0 ? context.send('ada', n) : context.publish('flood', n),
      );
      begun();
      const ends = await Promise.allSettled(asked);
      const refused = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
      const { offset } = await context.publish('flood', 'when the others are done');
      context.reply([refused.length, [...new Set(refused)].join(), offset]);
    },
  });
  const worker = await workerWith(
    flood,
    (workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }),
    { HANDLER_TIMEOUT: '30' },
  );
  const [flooding, victim] = [await TestClient.connect(`${worker.ws}/ws`), await TestClient.connect(`${worker.ws}/ws`)];
  await victim.next('system.welcome');
  flooding.send({ type: 'flood', id: 'a' });
  await flooded;
  for (let n = 1; n <= 20; n += 1) {
    const startedAt = performance.now();
    victim.send({ type: 'publish', channel: 'room', data: n, id: `n${n}` });
    expect(await victim.answer(`n${n}`)).toMatchObject({ type: 'ack', offset: n });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  }
  const words =
    'TooManyCalls: 100 publishes, sends and tasks of this call are under way: wait for them first; nothing was done';
  expect(await flooding.next('reply')).toMatchObject({ data: [11_900, words, 88] });
});

test.each([
  ['overloaded', 'say: too many messages wait; what it had done before stands', 0, 3],
  ['unavailable', 'say needed Redis; the outcome is unknown', 10, 0],
])(
  'whose handler fails at Redis is told %s, and charged nothing [handler-2]',
  async (code, message, room, overflows) => {
    const say = defineHandler({
      type: 'say',
      schema: z.unknown(),
      handle: async (context) => void (await context.publish('room', 1)),
    });
    const cluster = createMemoryCluster({ limits: { maxQueueSize: room } });
    const worker = await workerWith(say, (id) => cluster.broker(id), {
      RATE_LIMIT_TRUSTED: 'none',
      RATE_LIMIT_MESSAGES_PER_WINDOW: '2',
      RATE_LIMIT_BURST_MULTIPLIER: '1',
    });
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await client.next('system.welcome');
    if (code === 'unavailable') cluster.disconnect();
    for (const id of ['one', 'two', 'three']) {
      client.send({ type: 'say', id });
      expect(await client.answer(id)).toMatchObject({ code, message });
    }
    cluster.reconnect();
    const metrics = await (await fetch(`${worker.http}/metrics/`)).text();
    expect(metrics).toContain(`websocket_queue_overflows_total ${overflows}\n`);
  },
);
