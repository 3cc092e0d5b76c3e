import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileClient } from './compile.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'switchyard-compile-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A compiler that writes what it is asked for, or fails. */
const withCompiler = (body: string): string => {
  writeFileSync(join(folder, 'cc'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return `${folder}:/usr/bin:/bin`;
};
const sourcesOf = (text: string): string => {
  const sources = mkdtempSync(join(folder, 'sources-'));
  writeFileSync(join(sources, 'main.c'), text);
  return sources;
};
const WRITES = 'while [ "$1" != -o ]; do shift; done; date +%N > "$2"';

test('it is compiled once for the same sources, and anew for others', () => {
  const cache = join(folder, 'cache');
  const path = withCompiler(WRITES);
  const first = compileClient(sourcesOf('a'), cache, path);
  const { mtimeMs } = statSync(first);
  expect(compileClient(sourcesOf('a'), cache, path)).toBe(first);
  expect(statSync(first).mtimeMs).toBe(mtimeMs);
  expect(compileClient(sourcesOf('b'), cache, path)).not.toBe(first);
});

test('without a compiler it says what to install', () => {
  expect(() => compileClient(sourcesOf('a'), folder, join(folder, 'nowhere'))).toThrow('apt-get install gcc libc6-dev');
});

test('where the compiler fails, its words are told', () => {
  const path = withCompiler('echo "stdio.h: No such file or directory" >&2; exit 1');
  expect(() => compileClient(sourcesOf('a'), folder, path)).toThrow(/libc6-dev.*\nstdio\.h: No such file/);
});
