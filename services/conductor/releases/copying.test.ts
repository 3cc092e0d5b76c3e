import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { Copying } from './copying.js';

let folder: string;
const source = (): string => join(folder, 'source');
const copyOf = (name: string, file = 'a/one.js'): string => join(folder, name, 'package', file);
const inodeOf = (path: string): number => statSync(path).ino;
const copy = (name: string, before?: string): void =>
  new Copying(join(folder, name), before && join(folder, before)).copy(
    source(),
    'package',
    (path) => !path.endsWith('.md'),
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-copying-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(source(), 'a'), { recursive: true });
  writeFileSync(join(source(), 'a/one.js'), 'one');
  writeFileSync(join(source(), 'two.js'), 'two');
  writeFileSync(join(source(), 'read.md'), 'words');
  copy('first');
});

test('what is wanted is copied, its folders, its time and what links lead to', () => {
  symlinkSync(join(source(), 'two.js'), join(source(), 'link.js'));
  copy('second');
  expect(readFileSync(copyOf('second'), 'utf8')).toBe('one');
  expect(Math.abs(statSync(copyOf('second')).mtimeMs - statSync(join(source(), 'a/one.js')).mtimeMs)).toBeLessThan(1);
  expect(statSync(copyOf('second', 'read.md'), { throwIfNoEntry: false })).toBeUndefined();
  rmSync(source(), { recursive: true });
  expect(readFileSync(copyOf('second', 'link.js'), 'utf8')).toBe('two');
});

test('a file that did not change is shared with the release before, and survives it', () => {
  copy('second', 'first');
  expect(inodeOf(copyOf('second'))).toBe(inodeOf(copyOf('first')));
  expect(inodeOf(copyOf('second'))).not.toBe(inodeOf(join(source(), 'a/one.js')));
  rmSync(join(folder, 'first'), { recursive: true });
  expect(readFileSync(copyOf('second'), 'utf8')).toBe('one');
});

test.each<[string, (path: string) => void]>([
  ['another size', (path) => writeFileSync(path, 'more')],
  ['another time', (path) => utimesSync(path, 7, 7)],
  ['another mode', (path) => chmodSync(path, 0o755)],
])('a file of %s is not shared: the release before keeps its own', (what, change) => {
  copy('second', 'first');
  const path = join(source(), 'a/one.js');
  const { atime, mtime } = statSync(path);
  change(path);
  if (what === 'another size') utimesSync(path, atime, mtime);
  copy('third', 'second');
  expect(inodeOf(copyOf('third'))).not.toBe(inodeOf(copyOf('second')));
  expect(readFileSync(copyOf('second'), 'utf8')).toBe('one');
  expect(inodeOf(copyOf('third', 'two.js'))).toBe(inodeOf(copyOf('second', 'two.js')));
});
