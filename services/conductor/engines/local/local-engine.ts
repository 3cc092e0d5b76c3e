import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, NOT_UP } from '../../failure.js';
import { RUN_DIR_MARK, retiringGenerations } from '../../processes.js';
import { modulesOf } from '../../releases/releases.js';
import { portsOf, speaksTls, type StackSettings } from '../../settings.js';
import { COLORS, type Color, type Engine, type Limits } from '../engine.js';
import type { Release, WorkerAddress, WorkerProcess } from '../engine.js';
import { releaseIn, renderColorPrograms } from './color-programs.js';
import { nameOf } from '../../worker-client.js';
import { workerPorts, type Layout } from './layout.js';
import { runningLimits, standingLimits, stopSeconds } from './limits.js';
import { endOf, readFrom, textOf } from './log-files.js';
import type { NginxFiles } from './nginx.js';
import { requireFreePorts } from './ports.js';
import { runUserOf } from './run-user.js';
import type { ProgramInfo, Supervisor } from './supervisor.js';
import { writeWorkerTargets } from './targets.js';
import { TaskWorkers } from './task-workers.js';
import { installedCertificate } from './tls-files.js';

const CALL_MARGIN_MS = 5_000;

/** Workers as programs of supervisord, nginx in front. */
export class LocalEngine implements Engine {
  readonly nearby = '127.0.0.0/8,::1/128';
  readonly #layout: Layout;
  readonly #settings: StackSettings;
  readonly #supervisor: Supervisor;
  readonly #nginx: NginxFiles;
  readonly #taskWorkers: TaskWorkers;
  /** Where a worker's log file ended when it was started. */
  readonly #logStarts = new Map<string, number>();

  constructor(layout: Layout, settings: StackSettings, supervisor: Supervisor, nginx: NginxFiles) {
    this.#layout = layout;
    this.#settings = settings;
    this.#supervisor = supervisor;
    this.#nginx = nginx;
    this.#taskWorkers = new TaskWorkers(layout, settings, supervisor);
  }

  async start(color: Color, release: Release, environment: Readonly<Record<string, string>>): Promise<void> {
    await this.stop(color);
    const setting = color === 'blue' ? 'BLUE_PORT_BASE' : 'GREEN_PORT_BASE';
    const mine = portsOf(this.#settings).filter((owned) => owned.setting === setting);
    await requireFreePorts(mine, ['127.0.0.1']);
    for (const { name } of workerPorts(this.#settings, color)) this.#noteLogStart({ color, name });
    const releaseDirectory = join(this.#layout.releases, release.id);
    const ofRelease = { ...environment, ...modulesOf(releaseDirectory) };
    const text = renderColorPrograms({
      color,
      workers: workerPorts(this.#settings, color),
      node: process.execPath,
      releaseDirectory,
      user: runUserOf(this.#settings.RUN_USER)?.name,
      logDirectory: this.#layout.logs,
      stopSeconds: stopSeconds(this.#settings),
      environment: {
        ...ofRelease,
        [RUN_DIR_MARK]: this.#layout.runDir,
        REDIS_URL: `redis://127.0.0.1:${this.#settings.REDIS_PORT}`,
        RELEASE: release.id,
        GRACEFUL_SHUTDOWN_TIMEOUT: String(this.#settings.GRACEFUL_SHUTDOWN_TIMEOUT),
        NODE_ENV: 'production',
      },
    });
    mkdirSync(this.#layout.colors, { recursive: true });
    // It holds the control token.
    writeFileSync(this.#colorFile(color), text, { mode: 0o600 });
    const hasTasks = this.#taskWorkers.write(color, release, ofRelease);
    writeWorkerTargets(this.#layout, this.#settings);
    await this.#supervisor.add(color);
    if (hasTasks) await this.#taskWorkers.start(color);
  }

  async stop(color: Color): Promise<void> {
    // Before it stops: a worker that is meant to end is no worker that is down.
    writeWorkerTargets(this.#layout, this.#settings, color);
    try {
      await Promise.all([
        this.#supervisor.remove(color, stopSeconds(this.#settings) * 1_000 + CALL_MARGIN_MS),
        this.#taskWorkers.stop(color),
      ]);
      rmSync(this.#colorFile(color), { force: true });
    } finally {
      writeWorkerTargets(this.#layout, this.#settings);
    }
  }

  async restart(workers: readonly WorkerAddress[]): Promise<void> {
    const patience = stopSeconds(this.#settings) * 1_000 + CALL_MARGIN_MS;
    const restart = async (worker: WorkerAddress): Promise<void> => {
      this.#noteLogStart(worker);
      await this.#supervisor.restart(`${worker.color}:${nameOf(worker)}`, patience);
    };
    await Promise.all(workers.map(restart));
  }

  release(color: Color): Promise<string | undefined> {
    return Promise.resolve(releaseIn(textOf(this.#colorFile(color))));
  }

  async workers(color: Color): Promise<readonly WorkerProcess[]> {
    const programs = await this.#supervisor.programs();
    const ports = new Map(workerPorts(this.#settings, color).map(({ name, port }) => [name, port]));
    return programs
      .filter((program) => program.group === color)
      .map((program) => {
        const name = program.name.slice(color.length + 1);
        return { color, name, url: `http://127.0.0.1:${ports.get(name) ?? 0}`, ...processState(program) };
      });
  }

  active(): Promise<Color | undefined> {
    return Promise.resolve(this.#nginx.active());
  }

  async activate(color: Color): Promise<void> {
    this.#nginx.takeCertificate();
    this.#nginx.check(color);
    this.#nginx.point(color);
    await this.#reload();
  }

  async renewCertificate(): Promise<void> {
    const color = this.#nginx.active();
    if (color === undefined) throw new Failure(NOT_UP);
    this.#nginx.takeCertificate();
    this.#nginx.check(color);
    await this.#reload();
  }

  certificate(): Promise<string | undefined> {
    return Promise.resolve(speaksTls(this.#settings) ? installedCertificate(this.#layout) : undefined);
  }

  async #reload(): Promise<void> {
    const master = (await this.#supervisor.programs()).find((program) => program.name === 'nginx');
    if (master === undefined || master.pid === 0) throw new Failure('nginx does not run: it can not be reloaded');
    process.kill(master.pid, 'SIGHUP');
  }

  retiring(): Promise<number> {
    return Promise.resolve(retiringGenerations(this.#layout.runDir).length);
  }

  async limits(): Promise<Limits> {
    if (!(await this.#supervisor.answers())) return standingLimits(this.#layout, this.#settings);
    const programs = await this.#supervisor.programs();
    const workers = programs.filter(({ group, pid }) => COLORS.some((color) => color === group) && pid !== 0);
    return runningLimits(
      this.#layout,
      this.#settings,
      workers.map(({ pid }) => pid),
    );
  }

  lastLines(worker: WorkerAddress, count: number): Promise<readonly string[]> {
    const file = this.#logFile(worker);
    const lines = readFrom(file, this.#logStarts.get(file) ?? 0)
      .split('\n')
      .filter((line) => line.trim() !== '');
    return Promise.resolve(lines.slice(-count));
  }

  #noteLogStart(worker: Readonly<{ color: Color; name: string }>): void {
    const file = this.#logFile(worker);
    this.#logStarts.set(file, endOf(file));
  }

  #colorFile(color: Color): string {
    return join(this.#layout.colors, `${color}.conf`);
  }

  #logFile(worker: Readonly<{ color: Color; name: string }>): string {
    return join(this.#layout.logs, `${worker.color}-${worker.name}.log`);
  }
}

type ProcessState =
  | Readonly<{ state: 'running'; pid: number; since: string }>
  | Readonly<{ state: 'starting' | 'stopping' | 'stopped' }>
  | Readonly<{ state: 'failed'; why: string }>;

/** STARTING already has a process; supervisord only waits to see whether it lasts. */
const processState = (program: ProgramInfo): ProcessState => {
  const ended = program.spawnerr === '' ? `it exited with status ${program.exitstatus}` : program.spawnerr;
  switch (program.statename) {
    case 'RUNNING':
    case 'STARTING':
      if (program.pid === 0) return { state: 'starting' };
      return { state: 'running', pid: program.pid, since: new Date(program.start * 1_000).toISOString() };
    case 'STOPPING':
      return { state: 'stopping' };
    case 'STOPPED':
      return { state: 'stopped' };
    default:
      return { state: 'failed', why: ended };
  }
};
