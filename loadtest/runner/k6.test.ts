import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findK6 } from './k6.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-k6-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const program = (place: string, says: string): string => {
  const file = join(folder, place, 'k6');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return file;
};
const find = (): ReturnType<typeof findK6> => findK6(join(folder, 'bin'), join(folder, 'cache'));

test('an installed k6 goes before one that was built', () => {
  const installed = program('bin', 'k6 v1.9.0 (go1.25.1, linux/amd64)');
  program('cache/k6-1.8.1', 'k6 v1.8.1 (go1.26.0, linux/amd64)');
  expect(find()).toEqual({ file: installed, version: '1.9.0' });
});

test.each(['k6 v1.7.9 (go1.25.1, linux/amd64)', 'k6 v0.57.0', 'k6 v2.0.0', 'something else'])(
  'one that says "%s" is passed over',
  (says) => {
    program('bin', says);
    expect(find()).toBeUndefined();
    const built = program('cache/k6-1.8.1', 'k6 v1.8.1 (go1.26.0, linux/amd64)');
    expect(find()).toEqual({ file: built, version: '1.8.1' });
  },
);

test('none is none', () => {
  expect(find()).toBeUndefined();
});
