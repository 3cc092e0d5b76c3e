import { expect, test } from 'vitest';
import { z } from 'zod';
import { report } from '../../examples/tasks/report.js';
import { jobKey } from '../task-queue/connection.js';
import { defineTask } from '../task-queue/definition.js';
import { eventsOf, start, taskStage, type TaskStage } from './testing/stage.js';

const other = defineTask({ name: 'other', schema: z.strictObject({}), run: () => Promise.resolve(null) });
/** What the queue keeps with its job, as JSON. */
const kept = ({ redis }: TaskStage, id: string): Promise<string> => redis.command('HGET', jobKey(id), 'data');
const onlyOther = new Map([[other.name, other]]);

test.each([
  ['that a release does not know', other],
  ['whose data a release does not take', { ...other, name: report.name, schema: z.null() }],
])('a task %s is left to a worker of one that does', async (_what, known) => {
  const stage = await taskStage([report, other]);
  const old = await stage.startWorker({}, new Map([[known.name, known]]));
  const id = await start(stage, 'report', { seconds: 0.1, steps: 2 });
  await expect.poll(() => kept(stage, id)).toMatch(/"handedOn":1\b/);
  await stage.startWorker();
  await stage.storyUntil(id, 'queued');
  await old.stop();
  expect(eventsOf(await stage.storyUntil(id, 'done'))).toEqual([
    'queued',
    'started',
    'log',
    'progress',
    'progress',
    'done',
  ]);
});

test('a task that no worker knows fails after a minute, not begun; a retry gives it another minute', async () => {
  const stage = await taskStage([report, other]);
  const id = await start(stage, 'report', { seconds: 0.1, steps: 1 });
  await stage.redis.command('HSET', jobKey(id), 'data', '{"data":{"seconds":0.1,"steps":1},"round":0,"handedOn":59}');
  const old = await stage.startWorker({}, onlyOther);
  const failed = await stage.storyUntil(id, 'failed');
  expect(eventsOf(failed)).toEqual(['queued', 'failed']);
  expect(failed.at(-1)).toMatchObject({ attempt: 0, error: 'no worker knows a task called report' });
  await expect.poll(() => stage.queue.get(id)).toMatchObject({ state: 'failed', attempt: 0 });
  await stage.queue.retry(id);
  await expect.poll(() => kept(stage, id)).toMatch(/"handedOn":1\b/);
  await stage.startWorker();
  await old.stop();
  const done = (await stage.storyUntil(id, 'done')).slice(failed.length);
  expect(eventsOf(done)).toEqual(['retried', 'started', 'log', 'progress', 'done']);
  expect(done.at(-1)).toMatchObject({ attempt: 1 });
  await expect.poll(() => stage.queue.get(id)).toMatchObject({ state: 'done', attempt: 1 });
});
