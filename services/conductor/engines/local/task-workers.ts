import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_DIR_MARK } from '../../processes.js';
import type { StackSettings } from '../../settings.js';
import { COLORS, type Color, type Release, type TaskWorkerProcess } from '../engine.js';
import { renderColorPrograms } from './color-programs.js';
import { taskWorkerPorts, type Layout } from './layout.js';
import { runUserOf } from './run-user.js';
import { partOf, type ProgramInfo, type Supervisor } from './supervisor.js';

const MAIN = 'dist/services/tasks/main.js';
/** The way of a message comes first, also while both start. */
const NICENESS = 5;
/** A run that is told to end has two seconds, and what is left of it is told within its lease. */
const STOP_MARGIN_SECONDS = 10;
const CALL_MARGIN_MS = 5_000;
/** Of what workers get. An application's task is no place for the secrets of the gateway. */
const PASSED_ON = /^(TASKS|TASK_CONCURRENCY|TASK_LEASE|TASK_TIMEOUT|SESSION_TTL|HISTORY_SIZE|LOG_LEVEL)$/;

/** From SIGTERM to SIGKILL of a task worker. */
export const taskStopSeconds = ({ TASK_DRAIN: drain }: StackSettings): number => Math.ceil(drain) + STOP_MARGIN_SECONDS;

/** How supervisord calls the task workers of a color. */
export const tasksGroup = (color: Color): string => `tasks-${color}`;

/** Those of both colors. */
export const taskWorkersAmong = (
  programs: readonly ProgramInfo[],
  settings: StackSettings,
): readonly TaskWorkerProcess[] =>
  COLORS.flatMap((color) => {
    const ports = taskWorkerPorts(settings, color);
    return programs
      .filter(({ group }) => group === tasksGroup(color))
      .map((program) => {
        const place = ports.find(({ name }) => program.name === `${tasksGroup(color)}-${name}`);
        return {
          ...partOf(program),
          url: place === undefined ? undefined : `http://127.0.0.1:${place.port}`,
          startedAt: new Date(program.start * 1_000),
        };
      });
  });

/** The task workers of each color: they run its release, start after its workers and stop with them. */
export class TaskWorkers {
  readonly #layout: Layout;
  readonly #settings: StackSettings;
  readonly #supervisor: Supervisor;

  constructor(layout: Layout, settings: StackSettings, supervisor: Supervisor) {
    this.#layout = layout;
    this.#settings = settings;
    this.#supervisor = supervisor;
  }

  /** Writes down what is to run, and returns whether there is anything. A release from before there were tasks has none. */
  write(color: Color, release: Release, environment: Readonly<Record<string, string>>): boolean {
    const { TASK_WORKERS: count, TASK_DRAIN: drain, REDIS_PORT: redis, RUN_USER: user } = this.#settings;
    const releaseDirectory = join(this.#layout.releases, release.id);
    if (count === 0 || !existsSync(join(releaseDirectory, MAIN))) return false;
    const passedOn = Object.entries(environment).filter(([name]) => PASSED_ON.test(name));
    const text = renderColorPrograms({
      color,
      kind: { group: tasksGroup(color), main: MAIN, niceness: NICENESS },
      workers: taskWorkerPorts(this.#settings, color),
      node: process.execPath,
      releaseDirectory,
      user: runUserOf(user)?.name,
      logDirectory: this.#layout.logs,
      stopSeconds: taskStopSeconds(this.#settings),
      environment: {
        ...Object.fromEntries(passedOn),
        [RUN_DIR_MARK]: this.#layout.runDir,
        REDIS_URL: `redis://127.0.0.1:${redis}`,
        RELEASE: release.id,
        TASK_DRAIN: String(drain),
        NODE_ENV: 'production',
      },
    });
    writeFileSync(this.#file(color), text, { mode: 0o600 });
    return true;
  }

  start(color: Color): Promise<void> {
    return this.#supervisor.add(tasksGroup(color));
  }

  /** What they run ends within TASK_DRAIN, or is handed back to the queue. */
  async stop(color: Color): Promise<void> {
    const patience = taskStopSeconds(this.#settings) * 1_000 + CALL_MARGIN_MS;
    await this.#supervisor.remove(tasksGroup(color), patience);
    rmSync(this.#file(color), { force: true });
  }

  #file(color: Color): string {
    return join(this.#layout.colors, `${tasksGroup(color)}.conf`);
  }
}
