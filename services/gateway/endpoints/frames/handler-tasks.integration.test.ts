import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { defineTask } from '../../../task-queue/definition.js';
import type { TaskQueue } from '../../../task-queue/task-queue.js';
import { eventsOf, taskStage } from '../../../tasks/testing/stage.js';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { defineHandler } from '../../handlers/handler.js';
import { Handlers } from '../../handlers/handlers.js';
import { TestClient } from '../../testing/client.js';
import { startWorker } from '../../testing/worker.js';

const double = defineTask({
  name: 'double',
  schema: z.strictObject({ n: z.number() }),
  run: (_context, { n }) => Promise.resolve(n * 2),
});

/** Starts the task that it is told to, and says what became of that. */
const order = defineHandler({
  type: 'order.place',
  schema: z.object({ name: z.string(), n: z.json(), id: z.string().optional() }),
  async handle(context, { name, n, id }) {
    const { start } = context.tasks;
    try {
      context.reply(await start(name, { n }, id === undefined ? {} : { id }));
    } catch (error) {
      context.reply(error instanceof Error ? `${error.name}: ${error.message}` : null);
    }
  },
});

const clientOf = async (tasks?: TaskQueue): Promise<TestClient> => {
  const cluster = createMemoryCluster();
  const handlers = new Handlers([{ handler: order, file: 'test.mjs' }]);
  const parts = tasks === undefined ? { handlers } : { handlers, tasks };
  const worker = await startWorker((id) => cluster.broker(id), {}, parts);
  onTestFinished(() => worker.app.stop());
  return TestClient.connect(`${worker.ws}/ws`);
};
const ask = async (client: TestClient, data: Readonly<Record<string, unknown>>): Promise<unknown> => {
  client.send({ type: 'order.place', data, id: 'a' });
  return (await client.next('reply')).data;
};

describe('a task that a handler starts', () => {
  test('is run to its end, once however often it is asked for with its id', async () => {
    const stage = await taskStage([double]);
    const client = await clientOf(stage.queue);
    const placed = { name: 'double', n: 21, id: 'order-7' };
    expect(await ask(client, placed)).toEqual({ id: 'order-7', duplicate: false });
    expect(await ask(client, placed)).toEqual({ id: 'order-7', duplicate: true });
    await stage.startWorker();
    const told = await stage.storyUntil('order-7', 'done');
    expect(eventsOf(told)).toEqual(['queued', 'started', 'done']);
    expect(told.at(-1)).toMatchObject({ result: 42 });
    expect(await ask(client, placed)).toEqual({ id: 'order-7', duplicate: true });
    const other = await ask(client, { name: 'double', n: 1 });
    expect(other).toMatchObject({ duplicate: false });
    expect(await stage.queue.list({ limit: 10 })).toHaveLength(2);
  });

  test('is refused in words by which the handler can tell what was wrong', async () => {
    const stage = await taskStage([double]);
    const client = await clientOf(stage.queue);
    expect(await ask(client, { name: 'halve', n: 1 })).toBe('UnknownTask: no task is called halve: there are double');
    expect(await ask(client, { name: 'double', n: 'x' })).toBe('WrongTaskData: the data is not what double takes');
    expect(await ask(client, { name: 'double', n: 1, id: 'a b' })).toMatch(/^TypeError: "a b" is no id of a task/);
    expect(await stage.queue.list({ limit: 10 })).toEqual([]);
  });

  test('needs a queue: a worker without one says so', async () => {
    const client = await clientOf();
    expect(await ask(client, { name: 'double', n: 1 })).toBe(
      'NoTaskQueue: REDIS_URL is not set on this worker: tasks need it',
    );
  });
});
