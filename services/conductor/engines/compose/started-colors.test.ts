import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { RunDirectory } from '../../run-directory.js';
import { StartedColors } from './started-colors.js';
import { readTold } from './told-colors.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-started-'));
const run = new RunDirectory(folder);
const colors = join(folder, 'colors');
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the exporter gets. */
const told = () =>
  readTold(run, (words) => {
    throw new Error(words);
  });

test('a color is known with what it was started with until it is stopped, and nobody else may read that', () => {
  const started = new StartedColors(colors, run);
  expect(started.of('blue')).toBeUndefined();
  started.keep('blue', { RELEASE: 'one', JWT_SECRET: 'secret' }, 2);
  started.keep('blue', { RELEASE: 'two', JWT_SECRET: 'secret' }, 3);
  expect(new StartedColors(colors, run).of('blue')).toEqual({ RELEASE: 'two', JWT_SECRET: 'secret' });
  expect(statSync(join(folder, 'colors/blue.json')).mode & 0o777).toBe(0o600);
  expect(started.of('green')).toBeUndefined();
  expect(told()).toEqual({ blue: { release: 'two', workers: 3 } });
  started.forget('blue');
  started.forget('blue');
  expect(started.of('blue')).toBeUndefined();
  expect(told()).toEqual({});
});
