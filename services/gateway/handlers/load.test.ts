import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf } from '../../application/testing/folder-of.js';
import { loadHandlers } from './load.js';

/** As load.ts asks of one: a folder elsewhere has no packages. */
const handler = (type: string): string =>
  `{ type: '${type}', schema: { safeParse: (data) => ({ success: true, data }) }, handle() {} }`;

it('takes every handler of the modules', async () => {
  const folder = folderOf({
    'cart.mjs': `export const add = ${handler('cart.add')};
      export const limits = { most: 3 };
      export const drop = ${handler('cart.drop')};`,
  });
  expect([...(await loadHandlers([folder])).types]).toEqual(['cart.add', 'cart.drop']);
  expect((await loadHandlers([])).types.size).toBe(0);
});

it.each([
  ['no handler', 'export const a = 1;', 'exports no handler'],
  ['a handler without a schema', 'export const a = { type: "a", handle() {} };', 'the handler "a" must have'],
  ['a handler without a type', 'export const a = { schema: {}, handle() {} };', 'the handler without a type must have'],
])('names a module with %s', async (_what, text, words) => {
  const folder = folderOf({ 'cart.mjs': text });
  await expect(loadHandlers([folder])).rejects.toThrow(`${join(folder, 'cart.mjs')}: ${words}`);
});

it('names the files of two handlers of one type', async () => {
  const folder = folderOf({
    'a.mjs': `export const a = ${handler('x')};`,
    'b.mjs': `export const b = ${handler('x')};`,
  });
  await expect(loadHandlers([folder])).rejects.toThrow(
    `${join(folder, 'b.mjs')}: the type "x" has a handler already, in ${join(folder, 'a.mjs')}`,
  );
});

it('names the setting that is wrong', async () => {
  await expect(loadHandlers(['./no'])).rejects.toThrow('HANDLERS=./no: there is no such file or folder');
});
