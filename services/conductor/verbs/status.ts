import {
  COLORS,
  NO_ADDRESS,
  type BrokerStatus,
  type Color,
  type OptionalPart,
  type WorkerProcess,
} from '../engines/engine.js';
import { isLocked } from '../lock.js';
import { clientOf, ownHeaders, publicUrl, type Site } from '../site.js';
import { ANSWER_MS, nameOf, whyNoAnswer } from '../worker-client.js';
import { troublesOf } from './health.js';
import { readTaskWorkers, type QueueStatus, type TaskWorkerStatus } from './task-workers.js';

export type WorkerStatus = Readonly<{
  worker: string;
  /** Empty where it can't be reached: its container does not run. */
  url: string;
  /** What became of its process: `running`, `failed` … */
  state: string;
  /** `ready`, or in words what it lacks. */
  ready: string;
  pid: number | undefined;
  release: string | undefined;
  connections: number | undefined;
  draining: boolean;
  /** Of the connections that a running drain moves, those that are still here. */
  drain_left: number | undefined;
  event_loop_lag_ms: number | undefined;
  started_at: string | undefined;
  /** In the last quarter of an hour, in place of one that had not ended in order: no deploy did it. */
  restarted: boolean;
}>;
export type ColorStatus = Readonly<{
  color: Color;
  active: boolean;
  /** What it runs, or ran last. */
  release: string | undefined;
  workers: readonly WorkerStatus[];
}>;
export type Found = Readonly<{
  up: boolean;
  /** How many processes of the stack live. */
  processes: number;
  /** Workers that the active color should have. */
  wanted: number;
  active: Color | undefined;
  url: string;
  /** `ok`, or in words how the public port answers. */
  front: string;
  colors: readonly ColorStatus[];
  old_nginx_generations: number;
  redis: BrokerStatus;
  nginx_pid: number | undefined;
  /** Processes that run tasks. */
  tasks: readonly TaskWorkerStatus[];
  /** Of tasks; undefined where no task worker tells. */
  queue: QueueStatus | undefined;
  /** What watches the cluster. None of it is needed: whatever became of it, the cluster can be well. */
  watching: readonly OptionalPart[];
  /** A verb that changes the stack is at work. */
  at_work: boolean;
  run_dir: string;
}>;
/** `troubles`: what should run and does not, in words; none when all is well. */
export type Status = Found & Readonly<{ well: boolean; troubles: readonly string[] }>;

export const readStatus = async (site: Site): Promise<Status> => {
  const found = await look(site);
  const troubles = troublesOf(found);
  return { well: troubles.length === 0, troubles, ...found };
};

const look = async (site: Site): Promise<Found> => {
  // Before and after the workers are asked: a deploy that ends or begins meanwhile has left nothing half done.
  const isAtWork = (): boolean => isLocked(site.run.file('lock'));
  const wasAtWork = isAtWork();
  const up = await site.stack.isUp();
  const active = await site.engine.active();
  const parts = up ? await site.stack.parts() : [];
  return {
    up,
    processes: (await site.stack.processes()).size,
    wanted: site.settings.stack.WORKERS,
    active: up ? active : undefined,
    url: publicUrl(site),
    front: up ? await askFront(site) : 'down',
    colors: up ? await Promise.all(COLORS.map((color) => readColor(site, color, active === color))) : [],
    old_nginx_generations: await site.engine.retiring(),
    redis: await site.stack.broker(),
    nginx_pid: parts.find((part) => part.name === 'nginx')?.pid,
    ...(up ? await readTaskWorkers(site) : { tasks: [], queue: undefined }),
    watching: up ? await site.stack.optional() : [],
    at_work: wasAtWork || isAtWork(),
    run_dir: site.run.path,
  };
};

/** By a connection of its own: one that is kept could still be served by an nginx that is going. */
const askFront = async (site: Site): Promise<string> => {
  try {
    const response = await fetch(`${publicUrl(site)}/healthz/`, {
      headers: { ...ownHeaders(site), Connection: 'close' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await response.body?.cancel();
    return response.ok ? 'ok' : `answers ${response.status}`;
  } catch (error) {
    return `does not answer: ${whyNoAnswer(error)}`;
  }
};

const readColor = async (site: Site, color: Color, active: boolean): Promise<ColorStatus> => {
  const workers = await Promise.all((await site.engine.workers(color)).map((worker) => readWorker(site, worker)));
  const running = workers.find(({ release }) => release !== undefined)?.release;
  return {
    color,
    active,
    release: running ?? (await site.engine.release(color)) ?? site.run.releaseOf(color),
    workers,
  };
};

/** For so long a worker that was restarted is pointed out. */
const NEWS_MS = 15 * 60_000;
const isNews = (startedAt = ''): boolean => Date.now() - Date.parse(startedAt) < NEWS_MS;

const readWorker = async (site: Site, worker: WorkerProcess): Promise<WorkerStatus> => {
  const client = clientOf(site, worker);
  const [readiness, version, status] = await Promise.all([
    client.readiness(),
    client.version().catch(() => undefined),
    client.status().catch(() => undefined),
  ]);
  const lacks = readiness.state === 'ready' ? 'ready' : readiness.why;
  return {
    worker: nameOf(worker),
    url: worker.url === NO_ADDRESS ? '' : worker.url,
    state: worker.state,
    ready: worker.state === 'failed' ? worker.why : lacks,
    pid: worker.state === 'running' ? worker.pid : undefined,
    release: version?.release,
    connections: status?.connections,
    draining: status !== undefined && status.drain !== null,
    drain_left: status?.drain?.remaining,
    event_loop_lag_ms: status?.vitals?.event_loop_lag_ms,
    started_at: version?.started_at,
    restarted: status?.restarted === true && isNews(version?.started_at),
  };
};
