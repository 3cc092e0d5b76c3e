import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTask } from './definition.js';
import { loadTasks } from './load.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-tasks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: readonly string[]): string => join(folder, ...names);
const taskCalled = (name: string): string =>
  `export const it = { name: '${name}', schema: {}, attempts: 1, run: async () => null };\n`;
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

describe('loadTasks', () => {
  it('takes a module, and every module of a folder, whatever else they export', async () => {
    const one = write('one.mjs', `${taskCalled('one')}export const other = 1;\nexport default it;\n`);
    expect([...(await loadTasks(one)).keys()]).toEqual(['one']);
    write('two.js', taskCalled('two'));
    write('notes.txt', 'none');
    expect([...(await loadTasks(folder)).keys()]).toEqual(['one', 'two']);
  });

  it('says which path, and which file, is wrong', async () => {
    await expect(loadTasks(at('nowhere'))).rejects.toThrow(`TASKS=${at('nowhere')}: there is no such file or folder`);
    await expect(loadTasks(write('empty.mjs', 'export {};'))).rejects.toThrow('no module there exports a task');
    await expect(loadTasks(write('broken.mjs', 'throw new Error("no");'))).rejects.toThrow(
      'broken.mjs can not be loaded',
    );
    rmSync(at('broken.mjs'));
    rmSync(at('empty.mjs'));
    write('again.mjs', taskCalled('one'));
    await expect(loadTasks(folder)).rejects.toThrow(/two tasks are called one; the second is in .*one\.mjs/);
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
