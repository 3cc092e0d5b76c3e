import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Queue } from 'bullmq';
import { expect, onTestFinished, test } from 'vitest';
import { report } from '../../examples/tasks/report.js';
import { connect, jobIdOf, PREFIX, QUEUE } from '../task-queue/connection.js';
import { taskChannel } from '../task-queue/story.js';
import type { TaskJob } from '../task-queue/task.js';
import { progressOf, start, taskStage, upTo, type TaskStage } from './testing/stage.js';

const MAIN = resolve(import.meta.dirname, '../../dist/services/tasks/main.js');

/** A task worker as it is built, in a process of its own; killed with the test. */
const spawnWorker = async ({ redis }: TaskStage, settings: Readonly<Record<string, string>>): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [MAIN], {
    env: { REDIS_URL: redis.url, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  for await (const chunk of child.stdout) if (String(chunk).includes('tasks_started')) break;
  return child;
};

test('[task-4] kill -9 of its worker: the task is run once more, marked, and ends once', async () => {
  const stage = await taskStage([report]);
  const doomed = await spawnWorker(stage, { TASK_LEASE: '2' });
  const id = await start(stage, 'report', { seconds: 2, steps: 20 });
  await stage.storyUntil(id, 'progress');
  doomed.kill('SIGKILL');
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
  frozen.kill('SIGSTOP');
  await stage.startWorker();
  await expect.poll(async () => progressOf(await stage.story(taskChannel(id)), 2)).toContain(1);
  frozen.kill('SIGCONT');
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
  await expect.poll(() => stage.story(taskChannel(id)).catch(() => [])).not.toEqual([]);
  const told = await stage.storyUntil(id, 'done');
  const attempts = told.filter(({ event }) => event === 'started').map((each) => Number(each['attempt']));
  for (const attempt of attempts) {
    const steps = progressOf(told, attempt);
    expect(steps).toEqual(upTo(steps.length));
  }
  expect(progressOf(told, attempts.at(-1) ?? 0)).toEqual(upTo(30));
  expect(told.filter(({ event }) => event === 'done')).toHaveLength(1);
});
