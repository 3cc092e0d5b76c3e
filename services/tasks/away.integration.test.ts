import { once } from 'node:events';
import { expect, test } from 'vitest';
import { report } from '../../examples/tasks/report.js';
import { start, taskStage } from './testing/stage.js';
import { failedStart, spawnWorker, type SpawnedWorker } from './testing/worker-process.js';

/** With which code it ends, and after how long. */
const terminate = async ({ process: child }: SpawnedWorker): Promise<Readonly<{ code: unknown; seconds: number }>> => {
  const at = performance.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as readonly unknown[];
  return { code, seconds: (performance.now() - at) / 1_000 };
};

test('a task worker whose Redis is away says so once, answers who asks, and ends when it is told to', async () => {
  const stage = await taskStage([report]);
  const worker = await spawnWorker(stage, { TASK_DRAIN: '1' });
  const id = await start(stage, 'report', { seconds: 30, steps: 300 });
  await stage.storyUntil(id, 'progress');
  await stage.redis.kill();
  await expect.poll(async () => (await fetch(`${worker.http}/readyz`)).status).toBe(503);
  const metrics = await fetch(`${worker.http}/metrics`, { signal: AbortSignal.timeout(4_000) });
  expect([metrics.status, await metrics.text()]).toEqual([503, 'Redis is away\n']);
  const { code, seconds } = await terminate(worker);
  expect(code).toBe(0);
  // The drain, and a few seconds.
  expect(seconds).toBeLessThan(12);
  const words = worker.logs.filter(({ event }) => event === 'tasks_queue_failed').map(({ error }) => error?.message);
  expect(words).toContain(`connect ECONNREFUSED 127.0.0.1:${stage.redis.port}`);
  expect(words).toHaveLength(new Set(words).size);
  expect(worker.logs.filter(({ event }) => event === 'tasks_left')).toHaveLength(1);
});

test('one that never had a Redis ends too', async () => {
  const { redis } = await taskStage([report]);
  await redis.kill();
  const worker = await spawnWorker({ redis }, { TASK_DRAIN: '60' });
  const { code, seconds } = await terminate(worker);
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(12);
});

test('while its Redis hangs there are no numbers of it, and who scrapes is told so', async () => {
  const stage = await taskStage([report]);
  const worker = await spawnWorker(stage, {});
  await stage.redis.freeze();
  const metrics = await fetch(`${worker.http}/metrics`, { signal: AbortSignal.timeout(5_000) });
  expect(metrics.status).toBe(503);
  stage.redis.resume();
  await expect.poll(async () => (await fetch(`${worker.http}/metrics`)).status).toBe(200);
});

test('one whose port is taken says so in a line, and ends', async () => {
  const { redis } = await taskStage([report]);
  const first = await spawnWorker({ redis }, {});
  const { port } = new URL(first.http);
  const { code, words } = failedStart({ REDIS_URL: redis.url, PORT: port });
  expect(code).toBe(1);
  expect(words).toBe(
    `switchyard task worker: can't listen on HOST 127.0.0.1, PORT ${port}: it is taken, or may not be bound by this user (EADDRINUSE)\n`,
  );
});
