import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DirectoryReleases } from './releases.js';

test('a release can be read by every user, however closed the build is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-releases-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const main = join(folder, 'build/services/gateway/main.js');
  mkdirSync(dirname(main), { recursive: true });
  writeFileSync(main, '', { mode: 0o600 });
  chmodSync(dirname(main), 0o700);
  const releases = new DirectoryReleases(join(folder, 'releases'), resolve(import.meta.dirname, '../../..'));
  const { id } = await releases.build(join(folder, 'build'));
  const copy = join(releases.buildOf(id), 'services/gateway/main.js');
  expect(statSync(copy).mode & 0o777).toBe(0o644);
  expect(statSync(dirname(copy)).mode & 0o777).toBe(0o755);
});
