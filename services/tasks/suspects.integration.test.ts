import { once } from 'node:events';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineTask } from '../task-queue/definition.js';
import { eventsOf, start, taskStage } from './testing/stage.js';
import { buildTasks, spawnWorker } from './testing/worker-process.js';

const MODULE = `
  import { setTimeout as delay } from 'node:timers/promises';
  import { defineTask } from 'switchyard/tasks';
  import { z } from 'zod';
  const schema = z.strictObject({});
  export const kills = defineTask({
    name: 'kills',
    schema,
    async run({ progress }) {
      await progress(1, 2);
      await delay(500);
      process.kill(process.pid, 'SIGKILL');
      return null;
    },
  });
  export const computes = defineTask({
    name: 'computes',
    schema,
    async run({ progress }) {
      await progress(1, 2);
      const end = Date.now() + 2_500;
      while (Date.now() < end);
      return null;
    },
  });
  export const innocent = defineTask({
    name: 'innocent',
    schema,
    async run({ progress }) {
      await progress(1, 2);
      await delay(4_000);
      return 'well';
    },
  });`;

/** Of all three; what they do, the built ones do. */
const known = ['kills', 'computes', 'innocent'].map((name) =>
  defineTask({ name, schema: z.strictObject({}), run: () => Promise.resolve(null) }),
);
const WORKER = { TASK_LEASE: '1', TASK_CONCURRENCY: '2' };
const CONDEMNED =
  /^its worker died \d times over it, or stood still for longer than its lease; 2 times nothing else ran there$/;

test('[task-4] a task that kills its workers fails in the end, and not what ran beside it', async () => {
  const stage = await taskStage(known);
  const settings = { ...WORKER, TASKS: buildTasks(MODULE) };
  const [innocent, kills] = [await start(stage, 'innocent', {}), await start(stage, 'kills', {})];
  const over = new AbortController();
  const supervise = async (): Promise<void> => {
    while (!over.signal.aborted) await once((await spawnWorker(stage, settings)).process, 'exit');
  };
  void supervise();
  const [told, done] = await Promise.all([stage.storyUntil(kills, 'failed'), stage.storyUntil(innocent, 'done')]);
  over.abort();
  expect(told.at(-1)).toMatchObject({ error: expect.stringMatching(CONDEMNED) as string, attempt: 4 });
  expect(done.at(-1)).toMatchObject({ result: 'well' });
  expect(eventsOf(done)).not.toContain('failed');
});

test('[task-4] a task that computes for longer than a lease fails in the end, and not what ran beside it', async () => {
  const stage = await taskStage(known);
  const worker = await spawnWorker(stage, { ...WORKER, TASKS: buildTasks(MODULE) });
  const [innocent, computes] = [await start(stage, 'innocent', {}), await start(stage, 'computes', {})];
  const [told, done] = await Promise.all([stage.storyUntil(computes, 'failed'), stage.storyUntil(innocent, 'done')]);
  expect(told.at(-1)).toMatchObject({ error: expect.stringMatching(CONDEMNED) as string });
  expect(done.at(-1)).toMatchObject({ result: 'well' });
  expect(worker.process.exitCode).toBeNull();
});
