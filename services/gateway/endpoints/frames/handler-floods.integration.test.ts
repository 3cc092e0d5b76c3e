import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { DEFAULT_LIMITS, type Broker } from '../../broker/broker.js';
import { createRedisBroker } from '../../broker/redis/redis-broker.js';
import { redisFor } from '../../broker/testing/redis-worker.js';
import { defineHandler, type Handler } from '../../handlers/handler.js';
import { Handlers } from '../../handlers/handlers.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const workerWith = async (handler: Handler, broker: (id: string) => Broker): Promise<TestWorker> => {
  const settings = { RATE_LIMIT_TRUSTED: '127.0.0.0/8', HANDLER_TIMEOUT: '30' };
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
      const asked = Array.from({ length: 20_000 }, (_, n) =>
        n % 2 === 0 ? context.publish('flood', n) : context.send('ada', n),
      );
      begun();
      const ends = await Promise.allSettled(asked);
      const refused = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
      const { offset } = await context.publish('flood', 'when the others are done');
      context.reply([refused.length, [...new Set(refused)].join(), offset]);
    },
  });
  const worker = await workerWith(flood, (workerId) =>
    createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }),
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
  expect(await flooding.next('reply')).toMatchObject({ data: [19_900, words, 51] });
});
