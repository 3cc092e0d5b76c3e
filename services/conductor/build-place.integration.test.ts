import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const PROGRAM = resolve(import.meta.dirname, '../../scripts/place.mjs');
/** Of no process: above the largest that Linux gives. */
const GONE = 4_194_305;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-builds-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
});

const FILES = ['services/main.js', 'chaos/main.js'];

const fill = (folder: string, name: string): void => {
  for (const file of FILES) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), name);
  }
};
/** A finished build, as a process of the given id made it. */
const build = (name: string, pid: number): string => {
  const folder = join(root, `.build-${name}-${pid}`);
  fill(folder, name);
  writeFileSync(join(folder, '.built'), '');
  return folder;
};
const place = (folder: string) => spawn(process.execPath, [PROGRAM, root, folder], { stdio: 'inherit' });
const read = (): readonly string[] => {
  const dist = realpathSync(join(root, 'dist'));
  return FILES.map((file) => readFileSync(join(dist, file), 'utf8'));
};

test('builds that are put in place at once: at every moment one of them is there, and whole', async () => {
  spawnSync(process.execPath, [PROGRAM, root, build('0', 1)]);
  const begun = realpathSync(join(root, 'dist'));
  const placing = ['1', '2', '3'].map((name) => place(build(name, process.pid)));
  const ends = Promise.all(placing.map((child) => once(child, 'exit')));
  const seen = new Set<string>();
  while (placing.some(({ exitCode }) => exitCode === null)) {
    const [services, chaos] = read();
    expect(services).toBe(chaos);
    seen.add(services ?? '');
    await new Promise(setImmediate);
  }
  expect((await ends).map(([code]) => code as number)).toEqual([0, 0, 0]);
  expect(seen).toContain('0');
  expect(['1', '2', '3']).toContain(read()[0]);
  // Who began with the one before goes on with it.
  expect(readFileSync(join(begun, 'services/main.js'), 'utf8')).toBe('0');
});

test('a dist from before there were links gives way', async () => {
  fill(join(root, 'dist'), 'old');
  await once(place(build('1', 1)), 'exit');
  expect(read()).toEqual(['1', '1']);
  expect(readdirSync(root).sort()).toEqual(['.build-1-1', 'dist']);
});

test('what a killed build left is swept, what another is making stays, and three are kept beside the newest', async () => {
  fill(join(root, `.build-x-${GONE}`), 'half');
  fill(join(root, `.build-y-${process.pid}`), 'being made');
  for (const name of ['1', '2', '3', '4']) build(name, GONE);
  await once(place(build('5', GONE)), 'exit');
  expect(readdirSync(root).sort()).toEqual([
    `.build-2-${GONE}`,
    `.build-3-${GONE}`,
    `.build-4-${GONE}`,
    `.build-5-${GONE}`,
    `.build-y-${process.pid}`,
    'dist',
  ]);
  expect(existsSync(join(root, 'dist/.built'))).toBe(true);
});
