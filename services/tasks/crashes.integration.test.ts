import { Queue } from 'bullmq';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { report } from '../../examples/tasks/report.js';
import { connect, jobIdOf, PREFIX, QUEUE } from '../task-queue/connection.js';
import { taskChannel } from '../task-queue/story.js';
import type { TaskJob } from '../task-queue/task.js';
import { progressOf, start, taskStage, upTo } from './testing/stage.js';
import { buildTasks, spawnWorker } from './testing/worker-process.js';

test('[task-4] kill -9 of its worker: the task is run once more, marked, and ends once', async () => {
  const stage = await taskStage([report]);
  const doomed = await spawnWorker(stage, { TASK_LEASE: '2' });
  const id = await start(stage, 'report', { seconds: 2, steps: 20 });
  await stage.storyUntil(id, 'progress');
  doomed.process.kill('SIGKILL');
  const killedAt = performance.now();
  await stage.startWorker();
  const told = await stage.storyUntil(id, 'done');
  expect(performance.now() - killedAt).toBeLessThan(12_000);
  expect(told.filter(({ event }) => event === 'started')).toMatchObject([
    { attempt: 1, again: false },
    { attempt: 2, again: true },
  ]);
  const before = progressOf(told, 1);
  expect(before).toEqual(upTo(before.length));
  expect(progressOf(told, 2)).toEqual(upTo(20));
  expect(told.filter(({ event }) => event === 'done')).toHaveLength(1);
});

test('[task-4] a worker that was frozen for longer than its lease tells nothing after another one has begun', async () => {
  const stage = await taskStage([report]);
  const frozen = await spawnWorker(stage, { TASK_LEASE: '2' });
  const id = await start(stage, 'report', { seconds: 6, steps: 60 });
  await stage.storyUntil(id, 'progress');
  frozen.process.kill('SIGSTOP');
  await stage.startWorker();
  await expect.poll(async () => progressOf(await stage.story(taskChannel(id)), 2)).toContain(1);
  frozen.process.kill('SIGCONT');
  const told = await stage.storyUntil(id, 'done');
  const secondRun = told.findIndex((each) => each.event === 'started' && each['attempt'] === 2);
  expect(told.slice(secondRun).filter((each) => each['attempt'] === 1)).toEqual([]);
  expect(told.filter(({ event }) => event === 'done')).toHaveLength(1);
});

test('[task-4] a worker that died between the end of a run and telling it leaves the telling to the next one', async () => {
  const stage = await taskStage([report]);
  const id = await start(stage, 'report', {});
  const connection = connect(stage.redis.url, 'test', false);
  const queue = new Queue<TaskJob>(QUEUE, { connection, prefix: PREFIX });
  const job = (await queue.getJob(jobIdOf(id)))!;
  await job.updateData({ ...job.data, stallsSeen: 0, ending: { event: 'done', result: 'as it was' } });
  await queue.close();
  connection.disconnect();
  await stage.startWorker();
  expect(await stage.storyUntil(id, 'done')).toMatchObject([
    { event: 'queued' },
    { event: 'done', result: 'as it was' },
  ]);
  await expect.poll(() => stage.queue.get(id)).toMatchObject({ state: 'done', result: 'as it was' });
});

test('[task-2] Redis is restarted under a task: nothing that it tells is missing or told twice, and it ends once', async () => {
  const stage = await taskStage([report]);
  await stage.startWorker();
  const id = await start(stage, 'report', { seconds: 3, steps: 30 });
  await stage.storyUntil(id, 'progress');
  await stage.redis.restart({ keep: 'all' });
  await stage.whenBack();
  const told = await stage.storyUntil(id, 'done');
  const attempts = told.filter(({ event }) => event === 'started').map((each) => Number(each['attempt']));
  for (const attempt of attempts) {
    const steps = progressOf(told, attempt);
    expect(steps).toEqual(upTo(steps.length));
  }
  expect(progressOf(told, attempts.at(-1) ?? 0)).toEqual(upTo(30));
  expect(told.filter(({ event }) => event === 'done')).toHaveLength(1);
});

/** Two tasks: one leaves a promise behind, the other waits for long enough to be beside it. */
const LEAKS = `
  import { setTimeout as delay } from 'node:timers/promises';
  import { defineTask } from 'switchyard/tasks';
  import { z } from 'zod';
  export const leaks = defineTask({
    name: 'leaks',
    schema: z.strictObject({}),
    async run({ signal }) {
      void Promise.reject('busy');
      await delay(600_000, undefined, { signal });
      return null;
    },
  });
  export const innocent = defineTask({
    name: 'innocent',
    schema: z.strictObject({}),
    async run({ progress }) {
      await progress(1, 2);
      await delay(2_000);
      return 'well';
    },
  });`;

test('[task-3] a task that leaves a rejection behind fails, and no other one of its worker', async () => {
  const built = buildTasks(LEAKS);
  const known = ['leaks', 'innocent'].map((name) => ({ ...report, name, schema: z.strictObject({}), attempts: 1 }));
  const stage = await taskStage(known);
  const worker = await spawnWorker(stage, { TASKS: built, TASK_CONCURRENCY: '2' });
  const innocent = await start(stage, 'innocent', {});
  await stage.storyUntil(innocent, 'progress');
  const leaks = await start(stage, 'leaks', {});
  expect((await stage.storyUntil(leaks, 'failed')).at(-1)).toMatchObject({
    event: 'failed',
    error: 'busy',
    attempt: 1,
  });
  const told = await stage.storyUntil(innocent, 'done');
  expect(told.filter(({ event }) => event === 'started')).toHaveLength(1);
  expect(worker.process.exitCode).toBeNull();
  expect(worker.logs.find(({ event }) => event === 'task_leaked')).toMatchObject({ level: 'ERROR', task: leaks });
});
