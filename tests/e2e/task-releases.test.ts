import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Task } from '../../services/task-queue/task.js';
import { TestStack } from './stack.js';

const KEY = 'a-key-of-the-tests';
type Told = Readonly<{ event: string; attempt?: number; result?: unknown }>;

/** A task that says which release ran it. With `hold`, that of the first release ends only when it is told to. */
const moduleOf = (release: string): string => `
  import { setTimeout as delay } from 'node:timers/promises';
  import { defineTask } from 'switchyard/tasks';
  import { z } from 'zod';
  export const which = defineTask({
    name: 'which',
    schema: z.strictObject({ hold: z.boolean().default(false) }),
    async run({ signal }, { hold }): Promise<string> {
      if (hold && '${release}' === 'first') await delay(600_000, undefined, { signal });
      return '${release}';
    },
  });`;

const api = async (stack: TestStack, path: string, body?: unknown): Promise<unknown> => {
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${stack.url}/api/${path}`, { ...request, headers: { 'X-API-Key': KEY } });
  return response.json();
};
const start = async (stack: TestStack, data: unknown = {}): Promise<string> =>
  ((await api(stack, 'tasks', { name: 'which', data })) as { task: Task }).task.id;
const taskOf = async (stack: TestStack, id: string): Promise<Task> => (await api(stack, `tasks/${id}`)) as Task;
const resultOf = async (stack: TestStack, id: string): Promise<unknown> => {
  await expect.poll(async () => (await taskOf(stack, id)).state, { timeout: 30_000 }).toBe('done');
  return (await taskOf(stack, id)).result;
};
const storyOf = async (stack: TestStack, id: string): Promise<readonly Told[]> => {
  const { publications } = (await api(stack, 'history', { channel: `task:${id}` })) as {
    publications: readonly Readonly<{ data: Told }>[];
  };
  return publications.map(({ data }) => data);
};

test('tasks travel with their release: what was started before a promote is done once after it, and a rollback brings the old ones back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-tasks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'which.ts');
  writeFileSync(file, moduleOf('first'));
  const stack = await TestStack.up({
    WORKERS: '1',
    TASK_WORKERS: '1',
    TASK_CONCURRENCY: '1',
    TASK_DRAIN: '0.5',
    API_KEYS: `all:${KEY}:*`,
    TASKS: folder,
  });
  onTestFinished(() => stack.close());
  expect(await resultOf(stack, await start(stack))).toBe('first');

  // Somebody is at work on the source, and a task worker that dies comes back as it was.
  writeFileSync(file, 'export const which = ;');
  const [before] = (await stack.status()).tasks;
  process.kill(before!.pid!, 'SIGKILL');
  expect(await resultOf(stack, await start(stack))).toBe('first');
  const refused = await stack.run(['promote']);
  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(/which\.ts:1:21[\s\S]*the tasks can not be built/);

  writeFileSync(file, moduleOf('second'));
  const running = await start(stack, { hold: true });
  await expect.poll(async () => (await taskOf(stack, running)).state).toBe('active');
  const waiting = await Promise.all([start(stack), start(stack)]);
  expect(await stack.promote()).toMatchObject({ outcome: 'done' });
  for (const id of waiting) {
    expect(await resultOf(stack, id)).toBe('second');
    expect((await storyOf(stack, id)).map(({ event }) => event)).toEqual(['queued', 'started', 'done']);
  }
  expect(await resultOf(stack, running)).toBe('second');
  expect(await storyOf(stack, running)).toMatchObject([
    { event: 'queued' },
    { event: 'started', attempt: 1, again: false },
    { event: 'returned', attempt: 1 },
    { event: 'started', attempt: 2, again: false },
    { event: 'done', attempt: 2, result: 'second' },
  ]);

  expect(await stack.run(['rollback'])).toMatchObject({ code: 0 });
  expect(await resultOf(stack, await start(stack))).toBe('first');
});
