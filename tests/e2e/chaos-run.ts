import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { checkout, ended, type VerbResult } from './stack.js';

const SEED = '20';

/** Begins a chaos run. */
export const start = (...words: readonly string[]) =>
  spawn(process.execPath, [join(checkout, 'dist/chaos/main.js'), '--seed', SEED, ...words], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** A whole one. */
export const chaos = (...words: readonly string[]): Promise<VerbResult> => ended(start(...words));

export const runDirOf = (output: string): string => /the stack is up \((.*)\)/.exec(output)?.[1] ?? 'never up';

/** A run that went wrong keeps its logs. */
export const logsOf = (output: string): string => {
  const logs = /^Logs and records: (.*)$/m.exec(output)?.[1] ?? 'none kept';
  onTestFinished(() => rmSync(dirname(logs), { recursive: true, force: true }));
  return logs;
};
