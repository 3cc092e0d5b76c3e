import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRecord, loadModules, pathsIn, type Wanted } from './modules.js';
import { folderOf } from './testing/folder-of.js';

type Bell = Readonly<{ bell: string }>;
const BELL: Wanted<Bell> = {
  setting: 'TASKS',
  what: 'bell, {bell}',
  isMeant: (value) => 'bell' in value,
  isOne: (value): value is Bell => isRecord(value) && typeof value['bell'] === 'string',
  trouble: ({ bell }) => `the bell ${JSON.stringify(bell)} must be a string`,
};
const bellsIn = async (...paths: readonly string[]): Promise<readonly string[]> =>
  (await loadModules(BELL, paths)).map(({ value }) => value.bell);

it('takes all of a kind that a module exports, under whatever name, once', async () => {
  const folder = folderOf({
    'tower.mjs': `import { weight } from './deeper/weight.mjs';
      export const great = { bell: 'great' };
      export default great;
      export const limits = { most: weight };
      export const ring = () => {};
      export const small = { bell: 'small' };`,
    'deeper/weight.mjs': 'export const weight = 3;',
    'tower.test.mjs': 'throw new Error("a test is no module of the application");',
    'tower.d.mts': 'export {};',
    'README.md': '',
  });
  expect(await bellsIn(folder)).toEqual(['great', 'small']);
  expect(await bellsIn(join(folder, 'tower.mjs'))).toEqual(['great', 'small']);
});

it('takes several folders and modules, in the order of their names; none of them gives none', async () => {
  const one = folderOf({ 'b.mjs': 'export const b = { bell: "b" };', 'a.js': 'export const a = { bell: "a" };' });
  const two = folderOf({ 'c.cjs': 'module.exports = { c: { bell: "c" } };' });
  expect(await bellsIn(one, join(two, 'c.cjs'))).toEqual(['a', 'b', 'c']);
  expect(await bellsIn()).toEqual([]);
  expect(pathsIn(' ./shop, chat.ts,')).toEqual(['./shop', 'chat.ts']);
});

it.each([
  ['a syntax error', 'export const a = {;', "can't be loaded: "],
  ['an error of its own', 'throw new Error("no price list");', "can't be loaded: Error: no price list"],
  ['nothing of the kind', 'export const a = 1;', 'exports no bell, {bell}'],
  ['one that is none', 'export const a = { bell: 7 };', 'the bell 7 must be a string'],
])('names a module with %s', async (_what, text, words) => {
  const folder = folderOf({ 'tower.mjs': text });
  await expect(bellsIn(folder)).rejects.toThrow(`${join(folder, 'tower.mjs')}: ${words}`);
});

it('names the setting, and what is not there, is empty, or is TypeScript', async () => {
  const folder = folderOf({ 'README.md': '', 'source/a.ts': '' });
  const nowhere = join(folder, 'no');
  await expect(bellsIn(nowhere)).rejects.toThrow(`TASKS=${nowhere}: there is no such file or folder`);
  await expect(bellsIn(folder)).rejects.toThrow(`TASKS=${folder}: there is no module in this folder (.js, .mjs, .cjs)`);
  await expect(bellsIn(join(folder, 'source/a.ts'))).rejects.toThrow('a.ts: is no JavaScript');
});
