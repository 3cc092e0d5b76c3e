import { expect, onTestFinished, test, vi } from 'vitest';
import { fanOut } from '../../../examples/tasks/fan-out.js';
import { report } from '../../../examples/tasks/report.js';
import { DEFAULT_LIMITS } from '../../gateway/broker/broker.js';
import { workerOn } from '../../gateway/broker/testing/redis-worker.js';
import { createRedisBroker } from '../../gateway/broker/redis/redis-broker.js';
import { startWorker } from '../../gateway/testing/worker.js';
import { taskChannel } from '../../task-queue/story.js';
import { taskStage } from '../../tasks/testing/stage.js';
import { Failure } from '../failure.js';
import { StackSettings } from '../settings.js';
import { fakeSite } from '../testing/fake-site.js';
import { followTask, orderFrom, startTask } from './task.js';

test('a task from the terminal is started, and told of until its end; what is wrong with it is named', async () => {
  const stage = await taskStage([report, fanOut]);
  const bare = fakeSite();
  const { app, port } = await startWorker(
    (workerId) => createRedisBroker({ url: stage.redis.url, workerId, limits: DEFAULT_LIMITS }),
    { CONTROL_TOKEN: bare.run.controlToken() },
    { tasks: stage.queue },
  );
  onTestFinished(() => app.stop());
  const runs = { name: 'tasks-blue-1', state: 'running', pid: 1, detail: '', url: undefined, startedAt: new Date() };
  const taskWorkers = vi.fn(async () => [runs]);
  const site = {
    ...bare,
    stack: { ...bare.stack, taskWorkers },
    settings: { ...bare.settings, stack: StackSettings.parse({ HTTP_PORT: port }) },
  };
  await stage.startWorker();

  const lines: string[] = [];
  const order = orderFrom({}, { NAME: 'report', DATA: '{"title":"Sales","seconds":0.3,"steps":3}' });
  expect(order.wait).toBe(true);
  expect(await followTask(site, await startTask(site, order), (line) => lines.push(line))).toBe(true);
  expect(lines).toEqual([
    'queued',
    'started (attempt 1)',
    'Sales: 3 pages to write',
    '1 of 3  stock',
    '2 of 3  customers',
    '3 of 3  forecast',
    'done: {"title":"Sales","pages":3}',
  ]);
  const story = {
    channel: taskChannel('forged'),
    publisher: 'eve',
    id: '1',
    body: '"from":"eve","data":{"event":"failed","error":"forged"}',
  };
  const { broker } = await workerOn(stage.redis);
  await broker.log.publish(story);
  await stage.queue.start({ name: 'report', data: { seconds: 0.1, steps: 1 }, id: 'forged' });
  expect(await followTask(site, 'forged', (line) => lines.push(line))).toBe(true);
  expect(lines.slice(7, 9)).toEqual(['queued', 'started (attempt 1)']);

  taskWorkers.mockResolvedValueOnce([]);
  const lonely: string[] = [];
  await followTask(site, 'forged', (line) => lonely.push(line));
  expect(lonely.slice(0, 2)).toEqual([
    'no task worker runs on this stack (TASK_WORKERS; "make status"): it waits until one does',
    'queued',
  ]);

  const small = orderFrom({ name: 'fan-out', data: '{"items":40,"milliseconds":1}' }, {});
  const told: string[] = [];
  expect(await followTask(site, await startTask(site, small), (line) => told.push(line))).toBe(true);
  expect(told.filter((line) => line.endsWith('of 40'))).toHaveLength(20);

  await expect(startTask(site, { ...order, name: 'other' })).rejects.toThrow('no task is called other');
  await expect(startTask(site, { ...order, data: { steps: 0 } })).rejects.toThrow('Not started');
  expect(() => orderFrom({}, {})).toThrow('NAME is missing');
  expect(orderFrom({}, { NAME: 'report', WAIT: '0' }).wait).toBe(false);
  expect(orderFrom({}, { NAME: 'report', WAIT: '' }).wait).toBe(true);
  expect(() => orderFrom({}, { NAME: 'report', WAIT: 'no' })).toThrow('WAIT=no: 0 prints the id');
});

test.each(['{', '{bad', '{seconds:10}'])(
  'data that is no JSON is told in our words, not in those of the engine: %s',
  (data) => {
    expect(() => orderFrom({}, { NAME: 'report', DATA: data })).toThrow(
      new Failure(`DATA=${data} is no JSON, where names and texts have double quotes: DATA='{"seconds":10}'`, {
        exitCode: 2,
      }),
    );
  },
);
