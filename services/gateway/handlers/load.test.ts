import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadHandlers } from './load.js';

/** Modules in a folder of their own; schemas are what load.ts asks of one, since a folder elsewhere has no packages. */
const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-handlers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};
const handler = (type: string): string =>
  `{ type: '${type}', schema: { safeParse: (data) => ({ success: true, data }) }, handle() {} }`;

it('takes every handler that a module exports, under whatever name, once', async () => {
  const folder = folderOf({
    'cart.mjs': `import { total } from './deeper/total.mjs';
      export const add = ${handler('cart.add')};
      export default add;
      export const limits = { most: total };
      export const helper = () => {};
      export const drop = ${handler('cart.drop')};`,
    'deeper/total.mjs': 'export const total = 3;',
    'cart.test.mjs': 'throw new Error("a test is no handler");',
    'README.md': '',
  });
  expect([...(await loadHandlers([folder])).types]).toEqual(['cart.add', 'cart.drop']);
  expect([...(await loadHandlers([join(folder, 'cart.mjs')])).types]).toEqual(['cart.add', 'cart.drop']);
});

it('takes several folders and modules; none of them gives none', async () => {
  const [one, two] = [folderOf({ 'a.mjs': `export const a = ${handler('a')};` }), folderOf({ 'b.js': '' })];
  writeFileSync(join(two, 'b.cjs'), `module.exports = { b: ${handler('b')} };`);
  expect([...(await loadHandlers([one, join(two, 'b.cjs')])).types]).toEqual(['a', 'b']);
  expect((await loadHandlers([])).types.size).toBe(0);
});

it.each([
  ['a syntax error', 'export const a = {;', "can't be loaded: "],
  ['an error of its own', 'throw new Error("no price list");', "can't be loaded: Error: no price list"],
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

it('names what is not there, is empty, or is TypeScript', async () => {
  const folder = folderOf({ 'README.md': '', 'source/a.ts': '' });
  await expect(loadHandlers([join(folder, 'no')])).rejects.toThrow('/no: there is no such file or folder');
  await expect(loadHandlers([folder])).rejects.toThrow('there is no module in this folder');
  await expect(loadHandlers([join(folder, 'source/a.ts')])).rejects.toThrow('a.ts: is no JavaScript');
});
