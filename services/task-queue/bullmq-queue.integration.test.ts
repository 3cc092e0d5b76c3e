import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineTask } from './definition.js';
import { eventsOf, start, taskStage, upTo } from '../tasks/testing/stage.js';
import { taskChannel } from './story.js';
import type { Task, TaskState } from './task.js';

const echo = defineTask({ name: 'echo', schema: z.json(), run: (_context, data) => Promise.resolve(data) });

const fails = defineTask({ name: 'fails', schema: z.json(), run: () => Promise.reject(new Error('as it says')) });

test('an id may be any word, those that BullMQ keeps for itself and numbers too', async () => {
  const stage = await taskStage([echo]);
  const ids = ['wait', 'meta', 'id', 'events', 'completed', 'stalled-check', '42', '-7'];
  for (const id of ids) {
    expect(await stage.queue.get(id)).toBeUndefined();
    expect(await stage.queue.start({ name: 'echo', data: id, id })).toMatchObject({ task: { id, state: 'waiting' } });
  }
  await stage.queue.cancel('meta');
  const all = await stage.queue.list({ limit: 20 });
  expect(all.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  await stage.startWorker();
  for (const id of ids.filter((each) => each !== 'meta')) {
    expect((await stage.storyUntil(id, 'done')).at(-1)).toMatchObject({ task: id, result: id });
  }
  expect(eventsOf(await stage.story(taskChannel('meta')))).toEqual(['queued', 'cancelled']);
});

test('[api-14] of many that start a task at once one alone has started it; the id stands for no other', async () => {
  const other = { ...echo, name: 'other' };
  const stage = await taskStage([echo, other]);
  const order = { name: 'echo', data: { list: [1, -0], note: 'a' }, id: 'one' };
  const answers = await Promise.all(upTo(6).map(() => stage.queue.start(order)));
  expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  const turned = { ...order, data: { note: 'a', list: [1, 0] } };
  expect(await stage.queue.start(turned)).toMatchObject({ duplicate: true, task: { id: 'one' } });
  await expect(stage.queue.start({ ...order, data: { list: [1] } })).rejects.toMatchObject({
    name: 'TaskIdReused',
    message: 'task one is there already: with other data',
  });
  await expect(stage.queue.start({ ...order, name: 'other' })).rejects.toThrow('task one is there already: echo');
  expect(await stage.queue.list({ limit: 5 })).toMatchObject([{ id: 'one', name: 'echo', data: turned.data }]);
  expect(eventsOf(await stage.story(stage.all))).toEqual(['queued']);
});

test('a list has as many of a state as there are, however many others stand before them', async () => {
  const stage = await taskStage([echo, fails]);
  const started = (name: string) => start(stage, name, {});
  const list = async (state: TaskState, limit = 3) =>
    new Set((await stage.queue.list({ state, limit })).map(({ id }) => id));
  const cancelled = await started('echo');
  await stage.queue.cancel(cancelled);
  const worker = await stage.startWorker();
  const failed = [await started('fails'), await started('fails'), await started('fails')];
  for (const id of failed) await stage.storyUntil(id, 'failed');
  await expect.poll(() => list('failed')).toEqual(new Set(failed));
  expect(await list('cancelled')).toEqual(new Set([cancelled]));
  await worker.stop();

  const waits = await started('echo');
  const others = await Promise.all(upTo(205).map(() => started('echo')));
  const [newest, ...between] = others.toReversed();
  for (const id of between) await stage.queue.cancel(id);
  expect(await list('waiting')).toEqual(new Set([waits, newest]));
  expect((await list('cancelled', 200)).size).toBe(200);
  await stage.queue.cancel(waits);
  expect(await list('waiting')).toEqual(new Set([newest]));
  expect(await list('failed')).toEqual(new Set(failed));
});

test('a task that runs has begun: whoever asks sees it at one moment', async () => {
  const stage = await taskStage([echo]);
  const ids = await Promise.all(upTo(40).map(() => start(stage, 'echo', {})));
  const look = async (id: string): Promise<readonly Task[]> => {
    const seen: Task[] = [];
    while (seen.at(-1)?.state !== 'done')
      seen.push(...[await stage.queue.get(id)].filter((task) => task !== undefined));
    return seen;
  };
  await stage.startWorker({ TASK_CONCURRENCY: '2' });
  const seen = (await Promise.all(ids.map(look))).flat();
  const running = seen.filter(({ state }) => state === 'active');
  expect(running.length).toBeGreaterThan(0);
  expect(running.filter(({ attempt, started_at: begun }) => attempt === 0 || begun === null)).toEqual([]);
  const waiting = seen.filter(({ state }) => state === 'waiting');
  expect(waiting.filter(({ attempt, started_at: begun }) => attempt !== 0 || begun !== null)).toEqual([]);
});

test('no more tasks are started, or retried, than may wait; one that is there already is told of', async () => {
  const stage = await taskStage([echo, fails], {}, 2);
  const failed = await start(stage, 'fails', {});
  const worker = await stage.startWorker();
  await stage.storyUntil(failed, 'failed');
  await expect.poll(() => stage.queue.get(failed)).toMatchObject({ state: 'failed' });
  await worker.stop();

  const waits = await start(stage, 'echo', {});
  await stage.queue.cancel(await start(stage, 'echo', {}));
  const full = { name: 'TaskQueueFull', message: '2 tasks wait, and MAX_TASKS_WAITING is 2: ask again later' };
  await expect(start(stage, 'echo', {})).rejects.toMatchObject(full);
  await expect(stage.queue.retry(failed)).rejects.toMatchObject(full);
  expect(await stage.queue.get(failed)).toMatchObject({ state: 'failed' });
  expect(await stage.queue.start({ name: 'echo', data: {}, id: waits })).toMatchObject({ duplicate: true });
  expect(await stage.queue.list({ limit: 10 })).toHaveLength(3);
  await stage.startWorker();
  await stage.storyUntil(waits, 'done');
  await expect.poll(() => start(stage, 'echo', {}).then(() => 'there is room')).toBe('there is room');
});

test('only a Redis that does not answer, or takes no commands now, is away; what else fails is a defect', async () => {
  const stage = await taskStage([echo]);
  await stage.queue.start({ name: 'echo', data: 1, id: 'one' });
  await stage.redis.command('SET', 'sy:{tasks}:tasks:failed', 'no set');
  const listed = stage.queue.list({ limit: 5 });
  await expect(listed).rejects.toThrow(/^the queue of tasks: WRONGTYPE/);
  await expect(listed).rejects.not.toMatchObject({ name: 'BrokerUnavailable' });
  await stage.redis.command('DEL', 'sy:{tasks}:tasks:failed');
  await stage.redis.stop();
  await expect(stage.queue.get('one')).rejects.toMatchObject({ name: 'BrokerUnavailable' });
});
