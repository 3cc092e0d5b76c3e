import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const MAIN = join(CHECKOUT, 'dist/services/tasks/main.js');

/** A module of tasks, built as a release has it; the folder for `TASKS`, gone with the test. */
export const buildTasks = (source: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-tasks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'tasks.ts');
  writeFileSync(file, source);
  const built = join(folder, 'built');
  execFileSync(process.execPath, [join(CHECKOUT, 'scripts/build-modules.mjs'), 'TASKS', built, file]);
  return built;
};

export type LogLine = Readonly<Record<string, unknown>> &
  Readonly<{ event?: string; error?: Readonly<{ message: string }> }>;
export type SpawnedWorker = Readonly<{
  process: ChildProcess;
  /** What it logged, parsed. */
  logs: readonly LogLine[];
  /** Of its `/metrics`. */
  http: string;
}>;

/** A task worker as it is built, in a process of its own, once it has started; killed with the test. */
export const spawnWorker = async (
  { redis }: Readonly<{ redis: Readonly<{ url: string }> }>,
  settings: Readonly<Record<string, string>>,
): Promise<SpawnedWorker> => {
  const child = spawn(process.execPath, [MAIN], {
    env: { REDIS_URL: redis.url, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const logs: LogLine[] = [];
  const port = await new Promise<unknown>((resolve, reject) => {
    createInterface({ input: child.stdout })
      .on('line', (text) => {
        const line = JSON.parse(text) as LogLine;
        logs.push(line);
        if (line.event === 'tasks_started') resolve(line['port']);
      })
      .on('close', () => reject(new Error(`the task worker has ended: ${JSON.stringify(logs.at(-1))}`)));
  });
  return { process: child, logs, http: `http://127.0.0.1:${String(port)}` };
};

/** What one that does not start says of it, and its exit code. */
export const failedStart = (
  env: Readonly<Record<string, string>>,
): Readonly<{ code: number | null; words: string }> => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN], { env, encoding: 'utf8', timeout: 30_000 });
  return { code: status, words: stderr };
};
