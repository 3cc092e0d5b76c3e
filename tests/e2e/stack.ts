import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { choosePorts, portSettings, type Ports } from '../../chaos/private-ports.js';
import { processesOf, titleOf } from '../../services/conductor/processes.js';
import type { DeployResult } from '../../services/conductor/verbs/promote.js';
import type { Status } from '../../services/conductor/verbs/status.js';

export const checkout = resolve(import.meta.dirname, '../..');

export type VerbResult = Readonly<{ code: number; stdout: string; stderr: string; output: string }>;
export type Environment = Readonly<Record<string, string>>;

const holds = (name: string) => (value: unknown) => typeof value === 'object' && value !== null && name in value;
const DeployJson = z.custom<DeployResult>(holds('deploys'), 'no result of a deploy');
const StatusJson = z.custom<Status>(holds('old_nginx_generations'), 'no status');

/** A conductor's view of one private stack: own run directory, own ports, nothing shared with any other. */
export class TestStack {
  readonly runDir = mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  readonly ports: Ports;
  readonly environment: Environment;
  /** Those that have not ended. */
  readonly #verbs = new Set<ChildProcess>();

  private constructor(ports: Ports, settings: Environment) {
    // As a run directory is: root's workers run as nobody, who must get to it.
    chmodSync(this.runDir, 0o755);
    this.ports = ports;
    this.environment = {
      PATH: process.env['PATH'] ?? '',
      RUN_DIR: this.runDir,
      ENGINE: 'local',
      LISTEN: 'local',
      OBSERVABILITY: 'off',
      ...portSettings(ports),
      GRACEFUL_SHUTDOWN_TIMEOUT: '5',
      DRAIN_GRACE: '0.5',
      BAKE_SECONDS: '0.2',
      WARM_UP: '50',
      // Tests of tasks have some; for all others they are two processes more a promote.
      TASK_WORKERS: '0',
      ...settings,
    };
  }

  /** Only the place: nothing runs yet. */
  static async prepare(settings: Environment = {}): Promise<TestStack> {
    // Test files run side by side, each in a process of its own with a number from 1.
    return new TestStack(await choosePorts(Number(process.env['VITEST_POOL_ID'] ?? 0)), settings);
  }

  static async up(settings: Environment = {}): Promise<TestStack> {
    const stack = await TestStack.prepare(settings);
    const { code, output } = await stack.run(['up']);
    if (code !== 0) {
      await stack.close();
      throw new Error(`the stack did not come up:\n${output}`);
    }
    return stack;
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  get socketUrl(): string {
    return `ws://127.0.0.1:${this.ports.http}`;
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.ports.metrics}/metrics/`;
  }

  /** Starts a verb as a person does: a process of its own. */
  start(words: readonly string[], settings: Environment = {}): ChildProcess {
    const child = spawn(process.execPath, [join(checkout, 'dist/services/conductor/main.js'), ...words], {
      env: { ...this.environment, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#verbs.add(child);
    child.once('close', () => this.#verbs.delete(child));
    return child;
  }

  run(words: readonly string[], settings: Environment = {}): Promise<VerbResult> {
    return ended(this.start(words, settings));
  }

  async promote(words: readonly string[] = [], settings: Environment = {}): Promise<DeployResult> {
    const { stdout, stderr } = await this.run(['promote', '--json', ...words], settings);
    if (stdout === '') throw new Error(`promote said nothing:\n${stderr}`);
    return DeployJson.parse(JSON.parse(stdout));
  }

  async status(): Promise<Status> {
    return StatusJson.parse(JSON.parse((await this.run(['status', '--json'])).stdout));
  }

  /** Takes everything down, what a test that failed had begun too, and looks that not one process of it is left. */
  async close(): Promise<void> {
    const interrupted = [...this.#verbs].map((child) => once(child, 'close').then(() => undefined));
    for (const child of this.#verbs) child.kill('SIGINT');
    await Promise.all(interrupted);
    await this.run(['down']);
    const left = processesOf(this.runDir).map((pid) => `${pid} ${titleOf(pid)}`);
    if (existsSync(this.runDir)) rmSync(this.runDir, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`processes of the stack were left over:\n${left.join('\n')}`);
  }
}

/** What the machine fell short of only because other tests keep it busy: no test judges by that. */
const BUSY = /^start-up took |^the warm-up ended after /;

/** What the deploys fell short of, in their words. */
export const fellShort = ({ deploys }: DeployResult): readonly string[] =>
  deploys.flatMap(({ shortfalls }) => shortfalls).filter((words) => !BUSY.test(words));

export const ended = (child: ChildProcess): Promise<VerbResult> =>
  new Promise((settle, reject) => {
    let stdout = '';
    let stderr = '';
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => settle({ code: code ?? -1, stdout, stderr, output }));
  });
