import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../failure.js';
import { processesOf, RUN_DIR_MARK } from '../../processes.js';
import { portsOf, type StackSettings } from '../../settings.js';
import { holdsWithin } from '../../waiting.js';
import {
  COLORS,
  endedOf,
  type BrokerStatus,
  type OptionalPart,
  type Part,
  type Stack,
  type TaskWorkerProcess,
} from '../engine.js';
import type { Layout } from './layout.js';
import type { NginxFiles } from './nginx.js';
import type { LocalParts } from './parts/local-parts.js';
import { endProcessesOf } from './end-processes.js';
import { hasIpv6, requireFreePorts } from './ports.js';
import { askRedis } from './redis-status.js';
import { giveFolder, runUserOf, type RunUser } from './run-user.js';
import { partOf, type Supervisor } from './supervisor.js';
import { writeSupervisordConf } from './supervisord-conf.js';
import { removeWorkerTargets } from './targets.js';
import { tasksGroup, TaskWorkers, taskWorkersAmong } from './task-workers.js';
import { fill } from './templates.js';
import type { Tools } from './tools.js';

const RAISE_MS = 15_000;
const GONE_MS = 5_000;

/** supervisord with Redis, nginx and what watches under it. */
export class LocalStack implements Stack {
  constructor(
    readonly layout: Layout,
    readonly settings: StackSettings,
    readonly supervisor: Supervisor,
    readonly nginx: NginxFiles,
    readonly tools: Tools,
    readonly watching: LocalParts,
  ) {}

  async raise(): Promise<void> {
    // Left by a supervisord that was killed: they are ours, and they hold our ports.
    await endProcessesOf(this.layout.runDir, GONE_MS);
    const hosts = this.settings.LISTEN === 'all' ? ['0.0.0.0', '::'] : ['127.0.0.1', '::1'];
    await requireFreePorts(portsOf(this.settings), hasIpv6() ? hosts : hosts.slice(0, 1));
    this.watching.forget();
    this.#writeFiles();
    const first = this.nginx.active() ?? 'blue';
    this.nginx.point(first);
    this.nginx.check(first);
    await this.#spawn();
    try {
      await this.#awaitParts();
    } catch (error) {
      await this.lower();
      throw error;
    }
  }

  async mend(): Promise<readonly string[]> {
    const ended = endedOf(await this.parts());
    for (const program of ended) await this.supervisor.restart(program, RAISE_MS);
    if (ended.length > 0) await this.#awaitParts();
    const idle = (await this.taskWorkers()).filter(({ pid }) => pid === undefined).map(({ name }) => name);
    for (const name of idle) await this.supervisor.restart(`${name.replace(/-[^-]+$/, '')}:${name}`, RAISE_MS);
    return [...ended, ...idle];
  }

  async processes(): Promise<ReadonlyMap<number, number>> {
    return new Map(processesOf(this.layout.runDir).map((pid) => [pid, pid]));
  }

  broker(): Promise<BrokerStatus> {
    return askRedis(this.settings.REDIS_PORT);
  }

  async lower(): Promise<readonly string[]> {
    const patience = (this.settings.GRACEFUL_SHUTDOWN_TIMEOUT + 10) * 1_000;
    if (await this.supervisor.answers()) {
      // Workers first, both colors at once: their close frames still find a way through nginx.
      const tasks = new TaskWorkers(this.layout, this.settings, this.supervisor);
      await Promise.allSettled(COLORS.flatMap((color) => [this.supervisor.remove(color, patience), tasks.stop(color)]));
      const stopInOrder = async (): Promise<void> => {
        for (const program of ['nginx', 'redis']) await this.supervisor.stop(program, patience).catch(() => {});
      };
      await Promise.allSettled([this.watching.stop(), stopInOrder()]);
      await this.supervisor.shutdown().catch(() => {});
      await holdsWithin(GONE_MS, () => processesOf(this.layout.runDir).length === 0);
    }
    for (const name of COLORS.flatMap((color) => [color, tasksGroup(color)])) {
      rmSync(join(this.layout.colors, `${name}.conf`), { force: true });
    }
    this.watching.forget();
    removeWorkerTargets(this.layout);
    // A copy of a private key: the next start takes a new one.
    rmSync(this.layout.tls, { recursive: true, force: true });
    const killed = await endProcessesOf(this.layout.runDir, GONE_MS);
    const socketFolder = dirname(this.layout.socket);
    if (!socketFolder.startsWith(this.layout.runDir)) rmSync(socketFolder, { recursive: true, force: true });
    return killed.map((pid) => `pid ${pid}`);
  }

  isUp(): Promise<boolean> {
    return this.supervisor.answers();
  }

  async parts(): Promise<readonly Part[]> {
    const programs = await this.supervisor.programs();
    return programs.filter(({ group }) => group === 'redis' || group === 'nginx').map(partOf);
  }

  async taskWorkers(): Promise<readonly TaskWorkerProcess[]> {
    return taskWorkersAmong(await this.supervisor.programs(), this.settings);
  }

  async startOptional(): Promise<readonly string[]> {
    // One that an older conductor wrote does not know where these stand.
    writeSupervisordConf(this.layout, this.tools, this.#user());
    return this.watching.start();
  }

  optional(): Promise<readonly OptionalPart[]> {
    return this.watching.states();
  }

  /** @throws {Failure} with the last log lines of both */
  async #awaitParts(): Promise<void> {
    const ready = await holdsWithin(RAISE_MS, async () => {
      if (!(await this.supervisor.answers())) return false;
      const [redis, parts] = await Promise.all([askRedis(this.settings.REDIS_PORT), this.parts()]);
      const nginx = parts.find((part) => part.name === 'nginx');
      return redis.state === 'up' && nginx?.pid !== undefined;
    });
    if (ready) return;
    const logs = ['supervisord', 'redis', 'nginx'].map((name) => this.#tail(name)).filter((text) => text !== '');
    throw new Failure(`${logs.join('\n')}\nRedis and nginx did not come up within ${RAISE_MS / 1_000} s`);
  }

  #writeFiles(): void {
    const { layout } = this;
    for (const path of [layout.colors, layout.logs, layout.nginx]) mkdirSync(path, { recursive: true });
    this.#claimSocketDirectory();
    this.nginx.write(hasIpv6());
    giveFolder(layout.redis, this.#user());
    const redis = readFileSync(join(layout.infra, 'redis.conf'), 'utf8');
    writeFileSync(
      layout.redisConf,
      fill(redis, { PORT: this.settings.REDIS_PORT, RUN: layout.runDir, MOST_MEMORY: 0 }),
    );
    // The stack outlives the checkout: supervisord starts both again through guards of its own.
    copyFileSync(join(layout.infra, 'nginx-guard.sh'), join(layout.nginx, 'nginx-guard.sh'));
    copyFileSync(join(layout.infra, 'redis-guard.sh'), layout.redisGuard);
    // Redis's own user reads it, however closed the checkout is.
    chmodSync(layout.redisGuard, 0o644);
    writeSupervisordConf(layout, this.tools, this.#user());
  }

  #user(): RunUser | undefined {
    return runUserOf(this.settings.RUN_USER);
  }

  /** A short socket path lies under /tmp, where anybody could have made the directory before us. */
  #claimSocketDirectory(): void {
    const folder = dirname(this.layout.socket);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const status = lstatSync(folder);
    if (!status.isDirectory() || status.uid !== process.getuid?.()) {
      throw new Failure(`${folder} belongs to somebody else: choose a shorter RUN_DIR`);
    }
  }

  /** It becomes a daemon by itself; what it starts inherits the mark, and nothing else of our environment. */
  async #spawn(): Promise<void> {
    const environment: NodeJS.ProcessEnv = {
      [RUN_DIR_MARK]: this.layout.runDir,
      PATH: this.tools.path,
      LANG: 'C.UTF-8',
    };
    const child = spawn(this.tools.supervisord, ['-c', join(this.layout.supervisor, 'supervisord.conf')], {
      env: environment,
      cwd: this.layout.runDir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    child.stderr.destroy();
    if (code !== 0) throw new Failure(`supervisord did not start:\n${words.trim()}`);
  }

  #tail(name: string): string {
    try {
      const lines = readFileSync(join(this.layout.logs, `${name}.log`), 'utf8')
        .trimEnd()
        .split('\n');
      return lines
        .slice(-5)
        .map((line) => `  ${name}: ${line}`)
        .join('\n');
    } catch {
      return '';
    }
  }
}
