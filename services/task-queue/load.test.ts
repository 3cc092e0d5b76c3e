import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { folderOf } from '../application/testing/folder-of.js';
import { defineTask } from './definition.js';
import { loadTasks } from './load.js';

/** As load.ts asks of one: a folder elsewhere has no packages. */
const task = (name: string): string =>
  `{ name: '${name}', schema: { safeParse: (data) => ({ success: true, data }) }, attempts: 1, run: async () => null }`;

describe('loadTasks', () => {
  it('takes every task of the modules', async () => {
    const folder = folderOf({
      'one.mjs': `export const it = ${task('one')};\nexport const other = { name: 'no task' };\nexport default it;`,
      'two.js': `export const it = ${task('two')};`,
    });
    expect([...(await loadTasks([folder])).keys()]).toEqual(['one', 'two']);
    expect([...(await loadTasks([join(folder, 'one.mjs')])).keys()]).toEqual(['one']);
  });

  it.each([
    ['no task', 'export {};', 'exports no task, made by defineTask'],
    [
      'a task that is made by hand',
      'export const a = { name: "a", schema: {}, run() {} };',
      'the task "a" must be made',
    ],
  ])('names a module with %s', async (_what, text, words) => {
    const folder = folderOf({ 'jobs.mjs': text });
    await expect(loadTasks([folder])).rejects.toThrow(`${join(folder, 'jobs.mjs')}: ${words}`);
  });

  it('names the files of two tasks of one name', async () => {
    const folder = folderOf({ 'a.mjs': `export const a = ${task('x')};`, 'b.mjs': `export const b = ${task('x')};` });
    await expect(loadTasks([folder])).rejects.toThrow(
      `${join(folder, 'b.mjs')}: the name "x" has a task already, in ${join(folder, 'a.mjs')}`,
    );
  });

  it('names the setting that is wrong', async () => {
    await expect(loadTasks(['./no'])).rejects.toThrow('TASKS=./no: there is no such file or folder');
  });
});

describe('defineTask', () => {
  const run = (): Promise<null> => Promise.resolve(null);

  it('reads the data by the schema before it runs', async () => {
    const schema = z.strictObject({ n: z.number().default(3) });
    const task = defineTask({ name: 'count', schema, run: (_context, { n }) => Promise.resolve(n) });
    const context = {} as Parameters<typeof task.run>[0];
    expect(await task.run(context, {})).toBe(3);
    await expect(task.run(context, { n: 'x' })).rejects.toThrow('expected number');
  });

  it('names what is wrong', () => {
    expect(() => defineTask({ name: 'a b', schema: z.null(), run })).toThrow('not "a b"');
    expect(() => defineTask({ name: 'a', schema: z.null(), run, attempts: 0 })).toThrow('task a: attempts');
    expect(() => defineTask({ name: 'a', schema: z.null(), run, timeoutSeconds: 0 })).toThrow('task a: timeoutSeconds');
  });
});
