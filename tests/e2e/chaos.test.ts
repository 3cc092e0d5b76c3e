import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FAULTS } from '../../chaos/faults/faults.js';
import { processesOf } from '../../services/conductor/processes.js';
import { checkout, ended, type VerbResult } from './stack.js';

const SEED = '20';

const start = (...words: readonly string[]) =>
  spawn(process.execPath, [join(checkout, 'dist/chaos/main.js'), '--seed', SEED, ...words], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const chaos = (...words: readonly string[]): Promise<VerbResult> => ended(start(...words));

const runDirOf = (output: string): string => /the stack is up \((.*)\)/.exec(output)?.[1] ?? 'never up';

/** A run that went wrong keeps its logs. */
const logsOf = (output: string): string => {
  const logs = /^Logs and records: (.*)$/m.exec(output)?.[1] ?? 'none kept';
  onTestFinished(() => rmSync(dirname(logs), { recursive: true, force: true }));
  return logs;
};

test('every kind of fault once: everything heals, and nothing that was acked is lost, repeated or out of order', async () => {
  const { code, output } = await chaos('--once');
  expect(code, output).toBe(0);
  for (const { name } of FAULTS) expect(output).toMatch(new RegExp(`^  ${name} +1   `, 'm'));
  expect(output).toMatch(/lost 0 {3}silent gaps 0 {3}duplicated 0 {3}out of order 0/);
  expect(output).toMatch(/told \d+, for nothing 0 {3}gone with Redis/);
  expect(output).toContain('publishes unknown 0');
  expect(existsSync(runDirOf(output))).toBe(false);
});

test('it finds a worker that fills no gap', async () => {
  const { code, output } = await chaos('--once', '--only', 'pubsub-kill', '--bug', 'skip-fill-in');
  const logs = logsOf(output);
  expect(code, output).toBe(1);
  expect(output).toMatch(/\d+ acked publications were lost: not delivered and not told/);
  expect(output).toMatch(/on chaos:\d never got offset \d+ \(id .*\), acked at/);
  expect(output).toMatch(/silent gaps [1-9]/);
  expect(existsSync(join(logs, 'publications.jsonl'))).toBe(true);
});

test('it finds an ack that comes before the publication is kept', async () => {
  const { code, output } = await chaos('--once', '--only', 'kill-worker', '--bug', 'ack-early');
  logsOf(output);
  expect(code, output).toBe(1);
  expect(output).toMatch(/\d+ acked publications were lost: not delivered and not told/);
});

test.each([
  ['interrupted in a deploy', 'SIGINT', 'promote', 130],
  ['killed with -9', 'SIGKILL', 'clients-slow', -1],
] as const)('%s, it takes its stack down and leaves nothing', async (_, signal, fault, expected) => {
  const child = start('--only', fault);
  const up = new Promise<string>((resolve) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/ begins$/m.test(output)) resolve(runDirOf(output));
    });
  });
  const end = ended(child);
  const runDir = await Promise.race([up, end.then(({ output }) => Promise.reject(new Error(output)))]);
  child.kill(signal);
  expect(await end).toMatchObject({ code: expected });
  await expect.poll(() => existsSync(runDir)).toBe(false);
  expect(processesOf(runDir)).toEqual([]);
});
