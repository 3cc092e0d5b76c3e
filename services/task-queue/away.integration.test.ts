import { expect, test } from 'vitest';
import { z } from 'zod';
import { BrokerUnavailable } from '../gateway/broker/channel-log.js';
import { taskStage } from '../tasks/testing/stage.js';
import { defineTask } from './definition.js';

const echo = defineTask({ name: 'echo', schema: z.json(), run: (_context, data) => Promise.resolve(data) });

test('a queue that is first asked while Redis is away says so, and serves when it is back', async () => {
  const { queue, redis } = await taskStage([echo]);
  const begin = () => queue.start({ name: 'echo', data: 1, id: 'one' });
  await redis.kill();
  await expect(begin()).rejects.toThrow(BrokerUnavailable);
  await redis.revive();
  await expect.poll(() => begin().catch(String), { timeout: 10_000 }).toMatchObject({ task: { id: 'one' } });
});
