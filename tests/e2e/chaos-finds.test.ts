import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesOf } from '../../services/conductor/processes.js';
import { chaos, logsOf, runDirOf, start } from './chaos-run.js';
import { ended } from './stack.js';

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
