import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { report } from '../../examples/tasks/report.js';
import { workerOn } from '../gateway/broker/testing/redis-worker.js';
import { defineTask } from '../task-queue/definition.js';
import { taskChannel } from '../task-queue/story.js';
import { eventsOf, progressOf, start, taskStage, upTo } from './testing/stage.js';

/** It hangs until it is told to end, and obeys. */
const hang = defineTask({
  name: 'hang',
  schema: z.strictObject({}),
  run: async (context) => {
    await context.progress(1, 2);
    await delay(60_000, undefined, { signal: context.signal });
    return null;
  },
});

test('[task-1] [task-2] who comes late reads the whole story of a task, on its channel and on tasks', async () => {
  const stage = await taskStage([report]);
  await stage.startWorker();
  const id = await start(stage, 'report', { title: 'Sales', seconds: 0.2, steps: 10 });
  const told = await stage.storyUntil(id, 'done');
  expect(eventsOf(told)).toEqual(['queued', 'started', 'log', ...upTo(10).map(() => 'progress'), 'done']);
  expect(progressOf(told, 1)).toEqual(upTo(10));
  expect(told[1]).toMatchObject({ task: id, name: 'report', attempt: 1, again: false });
  expect(told.at(-1)).toEqual({
    task: id,
    name: 'report',
    event: 'done',
    attempt: 1,
    result: { title: 'Sales', pages: 10 },
  });
  await expect.poll(() => stage.story(stage.all)).toEqual(told);
  await expect
    .poll(() => stage.queue.get(id))
    .toMatchObject({
      state: 'done',
      attempt: 1,
      progress: { n: 10, of: 10 },
      result: { pages: 10 },
    });
});

test('[task-3] a task that fails is tried as often as it says, and once more when it is asked for', async () => {
  const flaky = defineTask({
    name: 'flaky',
    schema: z.strictObject({ until: z.number() }),
    attempts: 2,
    run: (context, { until }) =>
      context.attempt < until ? Promise.reject(new Error(`no ${context.attempt}`)) : Promise.resolve('well'),
  });
  const stage = await taskStage([flaky]);
  await stage.startWorker();
  const id = await start(stage, 'flaky', { until: 3 });
  const failed = await stage.storyUntil(id, 'failed');
  expect(eventsOf(failed)).toEqual(['queued', 'started', 'retrying', 'started', 'failed']);
  expect(failed.at(-1)).toMatchObject({ attempt: 2, error: 'no 2' });
  await expect.poll(() => stage.queue.get(id)).toMatchObject({ state: 'failed', error: 'no 2' });
  await stage.queue.retry(id);
  const done = await stage.storyUntil(id, 'done');
  expect(eventsOf(done).slice(5)).toEqual(['retried', 'started', 'done']);
  expect(done.at(-1)).toMatchObject({ attempt: 3, result: 'well' });
  await expect.poll(() => stage.queue.get(id)).toMatchObject({ state: 'done', result: 'well' });
  await expect(stage.queue.retry(id)).rejects.toThrow(`task ${id} is done`);
});

test('[task-1] a task that waits for longer than a channel is kept has its whole story still', async () => {
  const limits = { historyTtlSeconds: 1 };
  const stage = await taskStage([report], limits);
  const waits = await start(stage, 'report', { seconds: 0.1, steps: 1 });
  const cancelled = await start(stage, 'report', { seconds: 0.1, steps: 1 });
  await stage.queue.cancel(cancelled);
  const { broker } = await workerOn(stage.redis, limits, 'other');
  const room = taskChannel('a-room-as-any-other');
  await broker.log.publish({ channel: room, publisher: 'ann', id: '1', body: '"data":1' });
  await expect.poll(() => stage.story(room), { timeout: 5_000 }).toEqual([]);
  expect(eventsOf(await stage.story(stage.all))).toEqual(['queued', 'queued', 'cancelled']);
  expect(eventsOf(await stage.story(taskChannel(cancelled)))).toEqual(['queued', 'cancelled']);
  await stage.startWorker();
  const told = await stage.storyUntil(waits, 'done');
  expect(eventsOf(told)).toEqual(['queued', 'started', 'log', 'progress', 'done']);
});

test('[task-2] a task that waits for longer than its story is kept is told of as queued once, and not after its end', async () => {
  const stage = await taskStage([report], { sessionTtlSeconds: 1 });
  await stage.startWorker({ TASK_CONCURRENCY: '1' });
  await start(stage, 'report', { seconds: 3, steps: 30 });
  const cancelled = await start(stage, 'report', { seconds: 0.1, steps: 1 });
  await stage.queue.cancel(cancelled);
  const waits = await start(stage, 'report', { seconds: 0.1, steps: 1 });
  const whole = ['queued', 'started', 'log', 'progress', 'done'];
  // Whoever reads a channel keeps its place alive: the tasks' own are read at the end alone.
  const onTasks = async (id: string): Promise<readonly string[]> =>
    eventsOf((await stage.story(stage.all)).filter(({ task }) => task === id));
  await expect.poll(() => onTasks(waits)).toEqual(whole);
  expect(await onTasks(cancelled)).toEqual(['queued', 'cancelled']);
  expect(eventsOf(await stage.story(taskChannel(waits)))).toEqual(whole);
  expect(await stage.story(taskChannel(cancelled))).toEqual([]);
});

test('[task-3] a task that waits is cancelled at once and never begun; one that runs is told to end', async () => {
  const stage = await taskStage([hang, report]);
  const waiting = await start(stage, 'report', { seconds: 0.1, steps: 1 });
  expect(await stage.queue.cancel(waiting)).toMatchObject({ state: 'cancelled' });
  expect(eventsOf(await stage.story(taskChannel(waiting)))).toEqual(['queued', 'cancelled']);
  await stage.startWorker();
  const running = await start(stage, 'hang', {});
  await stage.storyUntil(running, 'progress');
  await stage.queue.cancel(running);
  expect(eventsOf(await stage.storyUntil(running, 'cancelled'))).toEqual([
    'queued',
    'started',
    'progress',
    'cancelled',
  ]);
  await expect.poll(() => stage.queue.get(running)).toMatchObject({ state: 'cancelled' });
  expect(eventsOf(await stage.story(taskChannel(waiting)))).toEqual(['queued', 'cancelled']);
  await expect(stage.queue.cancel(running)).rejects.toThrow(`task ${running} is cancelled`);
  expect((await stage.queue.list({ state: 'cancelled', limit: 10 })).map(({ id }) => id)).toEqual([running, waiting]);
});

test('a task that takes too long fails, whether it obeys or not', async () => {
  const deaf = defineTask({
    name: 'deaf',
    schema: z.strictObject({}),
    timeoutSeconds: 0.2,
    run: () => new Promise<null>(() => undefined),
  });
  const stage = await taskStage([deaf]);
  await stage.startWorker();
  const id = await start(stage, 'deaf', {});
  expect((await stage.storyUntil(id, 'failed')).at(-1)).toMatchObject({ error: 'it took too long' });
});

test('a worker that stops lets a task end, or hands it back after the drain, and another one runs it', async () => {
  const stage = await taskStage([report, hang]);
  const first = await stage.startWorker({ TASK_DRAIN: '1' });
  const long = await start(stage, 'report', { seconds: 3, steps: 30 });
  const short = await start(stage, 'report', { seconds: 0.5, steps: 5 });
  await stage.storyUntil(short, 'progress');
  await stage.storyUntil(long, 'progress');
  await first.stop();
  expect(eventsOf(await stage.story(taskChannel(short))).at(-1)).toBe('done');
  expect((await stage.story(taskChannel(long))).at(-1)).toMatchObject({ event: 'returned', attempt: 1 });
  await stage.startWorker();
  const told = await stage.storyUntil(long, 'done');
  expect(told.filter(({ event }) => event === 'started')).toMatchObject([
    { attempt: 1, again: false },
    { attempt: 2, again: false },
  ]);
  expect(progressOf(told, 2)).toEqual(upTo(30));
});

test('an unknown task, and data that it does not take, are refused by name', async () => {
  const stage = await taskStage([report, hang]);
  await expect(start(stage, 'nothing', {})).rejects.toThrow('no task is called nothing: there are report, hang');
  await expect(start(stage, 'report', { steps: 'many' })).rejects.toThrow('the data is not what report takes');
  expect(await stage.queue.list({ limit: 10 })).toEqual([]);
});

test('the same id is one task, however often it is started', async () => {
  const stage = await taskStage([report]);
  const data = { seconds: 0.1, steps: 1 };
  expect(await stage.queue.start({ name: 'report', data, id: 'one' })).toMatchObject({ duplicate: false });
  expect(await stage.queue.start({ name: 'report', data, id: 'one' })).toMatchObject({ duplicate: true });
  await stage.startWorker();
  expect(eventsOf(await stage.storyUntil('one', 'done')).filter((event) => event !== 'log')).toEqual([
    'queued',
    'started',
    'progress',
    'done',
  ]);
  expect(await stage.queue.list({ limit: 10 })).toHaveLength(1);
});
