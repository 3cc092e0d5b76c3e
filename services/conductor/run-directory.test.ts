import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RunDirectory } from './run-directory.js';
import { StackSettings } from './settings.js';

test('a stack that an older conductor brought up with a longer scrape interval is remembered with the longest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const run = new RunDirectory(folder);
  const stack = StackSettings.parse({ HTTP_PORT: 4000 });
  run.remember({ stack: { ...stack, SCRAPE_INTERVAL: 60 }, worker_environment: {} });
  expect(run.remembered()?.stack).toEqual({ ...stack, SCRAPE_INTERVAL: 15 });
});
