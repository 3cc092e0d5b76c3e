import { readlinkSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import type { Color } from '../services/conductor/engines/engine.js';
import { layoutOf, type Layout } from '../services/conductor/engines/local/layout.js';
import { Supervisor } from '../services/conductor/engines/local/supervisor.js';
import { call } from '../services/conductor/engines/local/xml-rpc.js';
import { processesOf, signalIfAlive, titleOf } from '../services/conductor/processes.js';
import { holdsWithin, until } from '../services/conductor/waiting.js';
import { copyBuild } from './build-under-test.js';
import type { BugName } from './bugs.js';
import { Conductor } from './conductor.js';
import { Guard } from './guard.js';
import { Link } from './links/link.js';
import { choosePorts, LINK_STEP, type Ports } from './private-ports.js';
import { redisCommand } from './redis-command.js';

export type WorkerProcess = Readonly<{ name: string; pid: number }>;
export type StackOptions = Readonly<{
  checkout: string;
  dist: string;
  runDir: string;
  path: string;
  bug: BugName | undefined;
}>;

const WORKERS = 2;
const COLORS: readonly Color[] = ['blue', 'green'];
/** A guard is a shell. */
const TITLES = { redis: /^\S*redis-server /, nginx: /^nginx: master / } as const;
const STOPPED_WITHIN_MS = 20_000;
const ANSWERS_WITHIN_MS = 1_000;

/** A private stack: own run directory and ports, our own links between its workers and Redis. */
export class ChaosStack {
  readonly ports: Ports;
  readonly clientLink: Link;
  readonly conductor: Conductor;
  readonly #options: StackOptions;
  readonly #layout: Layout;
  readonly #supervisor: Supervisor;
  readonly #guard: Guard;
  /** By name of the worker. */
  readonly #redisLinks: ReadonlyMap<string, Link>;

  private constructor(options: StackOptions, ports: Ports, clientLink: Link, redisLinks: ReadonlyMap<string, Link>) {
    this.#options = options;
    this.ports = ports;
    this.clientLink = clientLink;
    this.#redisLinks = redisLinks;
    this.#layout = layoutOf(options.checkout, options.runDir);
    this.#supervisor = new Supervisor(this.#layout.socket);
    this.conductor = new Conductor(options, WORKERS, ports);
    this.#guard = new Guard(this.conductor.down, options.runDir, this.conductor.environment);
  }

  /** Only the place and the links: nothing of the stack runs yet. `close` ends what this began. */
  static async prepare(options: StackOptions): Promise<ChaosStack> {
    const ports = await choosePorts();
    copyBuild(options.dist, join(options.runDir, 'build'), options.bug);
    const redisLinks = new Map<string, Link>();
    for (const color of COLORS) {
      for (let worker = 1; worker <= WORKERS; worker += 1) {
        const port = ports[color] + worker + LINK_STEP;
        redisLinks.set(`${color}-${worker}`, await Link.open(port, ports.redis));
      }
    }
    return new ChaosStack(options, ports, await Link.open(ports.clientLink, ports.http), redisLinks);
  }

  get runDir(): string {
    return this.#options.runDir;
  }

  get logs(): string {
    return this.#layout.logs;
  }

  get appendOnlyFolder(): string {
    return join(this.#layout.redis, 'appendonlydir');
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  /** Where clients connect: straight to nginx, or over the link. */
  socketUrl(overLink: boolean): string {
    return `ws://127.0.0.1:${overLink ? this.ports.clientLink : this.ports.http}`;
  }

  /** @throws Error with the conductor's words */
  async up(signal: AbortSignal): Promise<void> {
    const { code, output } = await this.conductor.run(['up', ...this.source], signal);
    if (code !== 0) throw new Error(`the stack did not come up:\n${output}`);
  }

  /** What `up` and `promote` release. */
  get source(): readonly string[] {
    return ['--source', join(this.#options.runDir, 'build')];
  }

  get active(): Color {
    return readlinkSync(join(this.#layout.nginx, 'active')) === 'green' ? 'green' : 'blue';
  }

  /** The running workers of the active color, by name. */
  async workers(): Promise<readonly WorkerProcess[]> {
    const programs = await this.#supervisor.programs();
    return programs
      .filter(({ group, pid }) => group === this.active && pid !== 0)
      .map(({ name, pid }) => ({ name, pid }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Every worker of the active color says that it is ready. */
  async isReady(): Promise<boolean> {
    const base = this.ports[this.active];
    const answers = Array.from({ length: WORKERS }, (_, index) => answersWell(base + index + 1));
    return (await Promise.all(answers)).every(Boolean);
  }

  /** The pid of a program that serves: not of a guard that still prepares the way for it. */
  async pidOf(program: 'redis' | 'nginx'): Promise<number> {
    const pid = await until(STOPPED_WITHIN_MS, async () => {
      const found = (await this.#supervisor.programs()).find(({ name }) => name === program)?.pid ?? 0;
      return TITLES[program].test(titleOf(found)) ? found : undefined;
    });
    if (pid === undefined) throw new Error(`${program} does not run`);
    return pid;
  }

  async stopRedis(): Promise<void> {
    await this.#supervisor.stop('redis', STOPPED_WITHIN_MS);
  }

  async startRedis(): Promise<void> {
    await call(this.#layout.socket, 'supervisor.startProcess', ['redis', true], STOPPED_WITHIN_MS);
  }

  redis(...words: readonly string[]): Promise<string> {
    return redisCommand(this.ports.redis, ...words);
  }

  /** Resolves when Redis serves again. @throws Error when it does not within twenty seconds */
  async redisServes(): Promise<void> {
    const pong = (): Promise<boolean> =>
      this.redis('PING').then(
        (reply) => reply.startsWith('+PONG'),
        () => false,
      );
    if (!(await holdsWithin(STOPPED_WITHIN_MS, pong))) throw new Error('Redis did not come back within 20 s');
  }

  /** The link over which a worker reaches Redis. */
  redisLinkOf(worker: string): Link {
    const link = this.#redisLinks.get(worker);
    if (link === undefined) throw new Error(`there is no worker ${worker}`);
    return link;
  }

  /** Takes everything down, by pid what does not go by itself. Returns what had to be killed, in words. */
  async close(): Promise<readonly string[]> {
    await this.conductor.run(['down']);
    const left = processesOf(this.runDir);
    const words = left.map((pid) => `${pid} ${titleOf(pid)}`);
    for (const pid of left) signalIfAlive(pid, 'SIGKILL');
    this.#guard.dismiss();
    await Promise.all([this.clientLink, ...this.#redisLinks.values()].map((link) => link.close()));
    return words;
  }

  /** Removes what nobody reads afterwards; the logs stay. */
  keepLogs(): void {
    for (const name of ['build', 'releases']) rmSync(join(this.runDir, name), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.runDir, { recursive: true, force: true });
  }
}

const answersWell = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', path: '/readyz/', agent: false, timeout: ANSWERS_WITHIN_MS };
    const request = get(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
