import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseJson } from '../../services/protocol/json.js';
import { dist } from './places.js';
import { useOf } from '../../services/conductor/processes.js';

const Started = z.object({ event: z.literal('worker_started'), port: z.number() });
const PROGRAMS = {
  ours: 'services/gateway/main.js',
  'uws-json': 'bench/macro/baselines/uws-json.js',
  'uws-raw': 'bench/macro/baselines/uws-raw.js',
} as const;
export type ServerKind = keyof typeof PROGRAMS;

const LOOK_MS = 2;
const PATIENCE_MS = 15_000;

/** A server under test in a process of its own, which logs into a file as a deployed one does. */
export class Server {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Resolves when it listens. `flags` are of Node. @throws Error when it ends before */
  static async start(
    kind: ServerKind,
    environment: Readonly<Record<string, string>>,
    { logs, flags }: Readonly<{ logs: string; flags: readonly string[] }>,
  ): Promise<Server> {
    const log = join(logs, `${kind}-${process.hrtime.bigint()}.log`);
    const file = openSync(log, 'a');
    const child = spawn(process.execPath, [...flags, join(dist, PROGRAMS[kind])], {
      env: environment,
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const text = readFileSync(log, 'utf8');
      const port = portIn(text);
      if (port !== undefined) return new Server(child, port);
      if (child.exitCode !== null || performance.now() > until) {
        child.kill('SIGKILL');
        throw new Error(`${kind} did not start:\n${text.trim()}`);
      }
      await sleep(LOOK_MS);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resident memory, bytes. */
  get memoryBytes(): number {
    return useOf(this.pid).memoryBytes;
  }

  /** Resolves when it says that it can serve. */
  async ready(): Promise<void> {
    while (!(await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok) await sleep(LOOK_MS);
  }

  /** In order, or by force when that takes too long. Idempotent. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS);
    await gone;
    clearTimeout(late);
  }
}

const portIn = (log: string): number | undefined => {
  for (const line of log.split('\n')) {
    const started = Started.safeParse(parseJson(line));
    if (started.success) return started.data.port;
  }
  return undefined;
};
