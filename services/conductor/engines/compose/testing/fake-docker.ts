import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A docker that does what some lines of shell say, gone when the test is over. Returns the folder that it is found in. */
export const dockerFolder = (does: string, mode = 0o755): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-docker-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${does}\n`);
  chmodSync(join(folder, 'docker'), mode);
  return folder;
};

/** The same as a PATH, with what its lines call. */
export const dockerPath = (does: string): string => `${dockerFolder(does)}:${process.env['PATH'] ?? ''}`;
