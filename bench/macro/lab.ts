import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchPath } from '../config.js';
import { startPrivateRedis, type PrivateRedis } from '../private-redis.js';
import { PrivateStack } from '../private-stack.js';
import { compileClient } from './compile.js';
import type { BenchConfig } from './config.js';
import { LoadClient } from './load-client.js';
import { busySeconds, cpuSecondsOf } from './machine.js';
import { CLIENT_SOURCES } from './places.js';
import { Server, type ServerKind } from './server.js';

export const CONTROL_TOKEN = 'a control token of benches';
/** Clients of this machine: no limit holds for them, and each is asked. */
const TRUSTED = '127.0.0.0/8';
const OVER = 'the bench is over';
/** Above this share of the machine, what others do there is in the figures. */
export const BUSY = 0.2;

/** Servers of one kind that share a Redis. */
export type Cluster = Readonly<{ kind: ServerKind; servers: readonly Server[]; redis: PrivateRedis }>;

/** CPU seconds of the servers together, and of their Redis, while something was done. */
export type Measured<Result> = Readonly<{ result: Result; serverCpu: number; redisCpu: number; wallSeconds: number }>;

/** Everything that a bench starts, which ends when it does. */
export class Lab {
  readonly config: BenchConfig;
  readonly #program: string;
  /** For logs. */
  readonly #folder: string;
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #pids = new Set<number>([process.pid]);
  readonly #others = { busySeconds: 0, seconds: 0 };
  #isClosed = false;

  constructor(config: BenchConfig) {
    this.config = config;
    this.#program = compileClient(CLIENT_SOURCES, config.cache, searchPath());
    this.#folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));
  }

  /** The share of the machine that others took while something was measured. */
  get othersShare(): number {
    return this.#others.busySeconds / Math.max(1, this.#others.seconds) / cpus().length;
  }

  async redis(): Promise<PrivateRedis> {
    const redis = await startPrivateRedis();
    await this.#keep(redis.pid, () => redis.stop());
    return redis;
  }

  /** A whole stack with nginx. */
  async stack(): Promise<PrivateStack> {
    const stack = await PrivateStack.up({ RATE_LIMIT_TRUSTED: TRUSTED });
    await this.#keep(undefined, () => stack.down());
    return stack;
  }

  async server(kind: ServerKind, redis: PrivateRedis, number = 1, settings = {}): Promise<Server> {
    const environment = {
      PATH: searchPath(),
      PORT: '0',
      REDIS_URL: redis.url,
      WORKER: String(number),
      RELEASE: 'bench',
      RATE_LIMIT_TRUSTED: TRUSTED,
      CONTROL_TOKEN,
      ...settings,
    };
    const { profiles } = this.config;
    const flags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profiles, kind)}`];
    const server = await Server.start(kind, environment, { logs: this.#folder, flags });
    await this.#keep(server.pid, () => server.stop());
    if (kind === 'ours') await server.ready();
    return server;
  }

  async cluster(kind: ServerKind, size: number, settings = {}): Promise<Cluster> {
    const redis = await this.redis();
    const servers: Server[] = [];
    for (let number = 1; number <= size; number += 1) servers.push(await this.server(kind, redis, number, settings));
    return { kind, servers, redis };
  }

  client(cluster: Cluster, path = '/ws'): LoadClient {
    return this.clientOf(
      cluster.servers.map(({ port }) => port),
      { path, hasWelcome: cluster.kind === 'ours' },
    );
  }

  clientOf(ports: readonly number[], options = {}): LoadClient {
    if (this.#isClosed) throw new Error(OVER);
    const client = new LoadClient(this.#program, ports, options);
    this.#pids.add(client.pid);
    this.#stops.push(() => client.stop());
    return client;
  }

  /** Does it, and sees what it took. */
  async measure<Result>({ servers, redis }: Cluster, act: () => Promise<Result>): Promise<Measured<Result>> {
    const pids = servers.map(({ pid }) => pid);
    const look = (): readonly number[] => [
      sum(cpuSecondsOf(pids)),
      sum(cpuSecondsOf([redis.pid])),
      sum(cpuSecondsOf([...this.#pids])),
      busySeconds(),
      performance.now() / 1_000,
    ];
    const before = look();
    const result = await act();
    const after = look();
    const [serverCpu = 0, redisCpu = 0, oursCpu = 0, busy = 0, wallSeconds = 0] = after.map(
      (value, index) => value - (before[index] ?? 0),
    );
    this.#others.busySeconds += Math.max(0, busy - oursCpu);
    this.#others.seconds += wallSeconds;
    return { result, serverCpu, redisCpu, wallSeconds };
  }

  /** Ends what was started, the last first. */
  async clear(): Promise<void> {
    for (const stop of this.#stops.splice(0).toReversed()) await stop();
    this.#pids.clear();
    this.#pids.add(process.pid);
  }

  /** What is still being started ends when it has. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.clear();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #keep(pid: number | undefined, stop: () => Promise<void>): Promise<void> {
    if (this.#isClosed) {
      await stop();
      throw new Error(OVER);
    }
    if (pid !== undefined) this.#pids.add(pid);
    this.#stops.push(stop);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
