import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../services/client/node.js';
import { TestStack } from './stack.js';

const TASKS = 10;
const STEPS = 40;
const KEY = 'a-key-of-the-tests';

type Told = Readonly<{ task: string; event: string; attempt?: number; n?: number; again?: boolean }>;
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);

/** Ten tasks are run by a task worker that is killed, and then by those of two releases: a watcher of the protocol sees every story whole. */
test('[task-3] [task-4] tasks that run through a kill -9 and a promote end once each, told without a hole', async () => {
  const stack = await TestStack.up({
    WORKERS: '1',
    TASK_WORKERS: '2',
    TASK_CONCURRENCY: '5',
    TASK_LEASE: '3',
    TASK_DRAIN: '2',
    API_KEYS: `all:${KEY}:*`,
  });
  onTestFinished(() => stack.close());
  const offsets: number[] = [];
  const told: Told[] = [];
  const client = connect({ url: stack.url });
  onTestFinished(() => client.close());
  const watch = client.subscribe('tasks', ({ offset, data }) => {
    offsets.push(offset);
    told.push(data as Told);
  });
  await watch.ready;

  const start = async (): Promise<string> => {
    const response = await fetch(`${stack.url}/api/tasks`, {
      method: 'POST',
      headers: { 'X-API-Key': KEY, 'Idempotency-Key': randomUUID() },
      body: JSON.stringify({ name: 'report', data: { seconds: 6, steps: STEPS } }),
    });
    return ((await response.json()) as { task: { id: string } }).task.id;
  };
  const ids = await Promise.all(upTo(TASKS).map(start));
  await expect.poll(() => told.filter(({ event }) => event === 'progress').length).toBeGreaterThan(TASKS);
  const [doomed] = (await stack.status()).tasks;
  expect(doomed?.pid).toBeGreaterThan(0);
  process.kill(doomed!.pid!, 'SIGKILL');
  expect(await stack.promote()).toMatchObject({ outcome: 'done' });
  await expect.poll(() => told.filter(({ event }) => event === 'done').length, { timeout: 60_000 }).toBe(TASKS);

  expect(offsets).toEqual(upTo(offsets.length));
  for (const id of ids) {
    const story = told.filter(({ task }) => task === id);
    expect(story.filter(({ event }) => event === 'done')).toHaveLength(1);
    expect(story.at(-1)?.event).toBe('done');
    const runs = story.filter(({ event }) => event === 'started');
    for (const { attempt } of runs) {
      const steps = story.filter((each) => each.event === 'progress' && each.attempt === attempt).map(({ n }) => n);
      expect(steps).toEqual(upTo(steps.length));
    }
    expect(story.filter((each) => each.event === 'progress' && each.attempt === runs.at(-1)?.attempt)).toHaveLength(
      STEPS,
    );
    // A run follows another one only where that was given back, or its worker died: then it says so.
    const givenBack = story.filter(({ event }) => event === 'returned').length;
    expect(runs.filter(({ again }) => again === true)).toHaveLength(runs.length - 1 - givenBack);
  }
  expect(told.some(({ again }) => again === true)).toBe(true);
});
