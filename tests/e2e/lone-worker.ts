import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { checkout, type Environment } from './stack.js';

export type LoneWorker = Readonly<{
  process: ChildProcess;
  port: number;
  ws: string;
  /** Every line it has logged, parsed. */
  logs: Readonly<Record<string, unknown>>[];
  /** Resolves with the exit code when it is gone. */
  exited: Promise<number | null>;
}>;

/** A worker in a process of its own, in-memory broker, any free port; `words` start it. */
export const startLoneWorker = async (
  settings: Environment = {},
  [command, ...words]: readonly [string, ...string[]] = [
    process.execPath,
    join(checkout, 'dist/services/gateway/main.js'),
  ],
): Promise<LoneWorker> => {
  const child = spawn(command, words, {
    cwd: checkout,
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', RATE_LIMIT_TRUSTED: '127.0.0.0/8', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  const logs: Record<string, unknown>[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // npm says what it runs before the worker speaks.
      if (!line.startsWith('{')) return;
      const entry = JSON.parse(line) as Record<string, unknown>;
      logs.push(entry);
      if (entry['event'] === 'worker_started') resolve(Number(entry['port']));
    });
    void exited.then((code) => reject(new Error(`the worker exited with ${code}`)));
  });
  return { process: child, port, ws: `ws://127.0.0.1:${port}`, logs, exited };
};
