import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { flameOf } from './flame.js';
import { dearest, readProfiles } from './profile.js';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'switchyard-flame-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
};
const node = (id: number, functionName: string, url: string, lineNumber: number, children: readonly number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber },
  children,
});

/** A worker that was 10 ms idle, 30 ms in `read`, 50 in ioredis's `write` under it, and 20 in the garbage collector. */
const profile = (): string => {
  const at = folder();
  const bundle = join(at, 'main.js');
  writeFileSync(
    bundle,
    '// node_modules/ioredis/built/redis.js\nwrite\n// dist/services/gateway/frames/read.js\nread\n',
  );
  const { href } = pathToFileURL(bundle);
  const file = join(at, 'one.cpuprofile');
  const nodes = [
    node(1, '(root)', '', -1, [2, 3, 5]),
    node(2, '(idle)', '', -1),
    node(3, 'read', href, 3, [4]),
    node(4, 'write', href, 1),
    node(5, '(garbage collector)', '', -1),
  ];
  const samples = [2, 3, 4, 5, 4];
  writeFileSync(file, JSON.stringify({ nodes, samples, timeDeltas: [10_000, 30_000, 40_000, 20_000, 10_000] }));
  return file;
};

test('a profile says what ran and where that stands in the bundle, without the time in which nothing ran', () => {
  const all = readProfiles([profile()]);
  expect(all.total).toBe(100_000);
  expect(dearest(all, 3)).toEqual([
    { name: 'write', place: 'ioredis', share: 0.5 },
    { name: 'read', place: 'services/gateway/frames/read.js', share: 0.3 },
    { name: '(garbage collector)', place: '', share: 0.2 },
  ]);
});

test('those of several processes are one', () => {
  const file = profile();
  expect(readProfiles([file, file]).total).toBe(200_000);
});

test('a graph has a box of each, as wide as it ran, on the one that called it', () => {
  const svg = flameOf(readProfiles([profile()]), 'publish');
  expect(svg).toContain(
    '<title>read, services/gateway/frames/read.js: 80.0 %</title><rect x="240" y="61" width="959.6"',
  );
  expect(svg).toContain('<title>write, ioredis: 50.0 %</title><rect x="240" y="44" width="599.6"');
  expect(svg).toContain('>(garbage collector)</text>');
  expect(svg).not.toContain('(idle)');
});
