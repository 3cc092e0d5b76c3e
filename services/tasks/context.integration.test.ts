import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineTask, type TaskContext } from '../task-queue/definition.js';
import type { JsonValue } from '../protocol/frames.js';
import { eventsOf, start, taskStage } from './testing/stage.js';

/** What an application in JavaScript may do: nothing holds it to the types. */
type Untyped = Readonly<{
  progress(...words: readonly unknown[]): Promise<void>;
  log(...words: readonly unknown[]): Promise<void>;
}>;
const circle: unknown[] = [];
circle.push(circle);

const MISUSES: Readonly<Record<string, readonly [(context: Untyped) => unknown, string]>> = {
  nan: [({ progress }) => progress(NaN, 10), 'context.progress: n and of must be numbers, and finite'],
  infinity: [({ progress }) => progress(1, Infinity), 'context.progress: n and of must be numbers, and finite'],
  words: [({ progress }) => progress('a', {}), 'context.progress: n and of must be numbers, and finite'],
  note: [({ progress }) => progress(1, 2, {}), 'context.progress: the note must be a string'],
  log: [({ log }) => log({}), 'context.log: the text must be a string'],
  function: [() => () => 1, 'its result is no JSON value'],
  bigint: [() => [1n], 'its result is no JSON value'],
  circle: [() => circle, 'its result is no JSON value'],
};

test('[task-1] what its context is misused for fails a task in words that name the call, and none of it is told', async () => {
  const tasks = Object.entries(MISUSES).map(([name, [misuse]]) =>
    defineTask({
      name,
      schema: z.strictObject({}),
      run: async (context: TaskContext) => (await misuse(context as Untyped)) as JsonValue,
    }),
  );
  const stage = await taskStage(tasks);
  await stage.startWorker();
  for (const [name, [, error]] of Object.entries(MISUSES)) {
    const told = await stage.storyUntil(await start(stage, name, {}), 'failed');
    expect(eventsOf(told), name).toEqual(['queued', 'started', 'failed']);
    expect(told.at(-1), name).toMatchObject({ error });
  }
});
