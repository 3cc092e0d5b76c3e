import type { TaskWorkerProcess } from '../engines/engine.js';
import { Exposition } from '../monitor/exposition.js';
import type { Site } from '../site.js';
import { ANSWER_MS, whyNoAnswer } from '../worker-client.js';

/** `ready`: `ready`, or in words why it takes no tasks. */
export type TaskWorkerStatus = Omit<TaskWorkerProcess, 'startedAt'> & Readonly<{ ready: string }>;

/** Tasks that wait and run now; those that were done, and failed for good, since the task workers began that run now. */
export type QueueStatus = Readonly<{ waiting: number; active: number; done: number; failed: number }>;

/** For so long after its start it need not answer. */
const STARTS_MS = 15_000;

/** `queue`: undefined where no task worker tells. */
export const readTaskWorkers = async (
  site: Site,
): Promise<Readonly<{ tasks: readonly TaskWorkerStatus[]; queue: QueueStatus | undefined }>> => {
  const found = await Promise.all((await site.stack.taskWorkers()).map(readOne));
  const metrics = found.flatMap((each) => each.metrics ?? []);
  return { tasks: found.map(({ status }) => status), queue: metrics.length === 0 ? undefined : queueOf(metrics) };
};

const readOne = async ({ startedAt, ...part }: TaskWorkerProcess) => {
  const { url, state } = part;
  if (part.pid === undefined || url === undefined) return { status: { ...part, ready: state }, metrics: undefined };
  const [answer, metrics] = await Promise.all([
    ask(`${url}/readyz`).catch((error: unknown) => ({ ok: false, text: whyNoAnswer(error) })),
    ask(`${url}/metrics`).catch(() => undefined),
  ]);
  const starts = Date.now() - startedAt.getTime() < STARTS_MS;
  const ready = answer.ok ? 'ready' : starts ? 'starting' : answer.text;
  return { status: { ...part, ready }, metrics: metrics?.ok === true ? new Exposition(metrics.text) : undefined };
};

const ask = async (url: string): Promise<Readonly<{ ok: boolean; text: string }>> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  return { ok: response.ok, text: (await response.text()).trim() };
};

const queueOf = (metrics: readonly Exposition[]): QueueStatus => {
  const values = (name: string): readonly number[] => metrics.map((each) => each.sum(name) ?? 0);
  const sum = (name: string): number => values(name).reduce((total, value) => total + value, 0);
  return {
    // Each tells it of the whole queue.
    waiting: Math.max(...values('tasks_waiting')),
    active: sum('tasks_active'),
    done: sum('tasks_done_total'),
    failed: sum('tasks_failed_total'),
  };
};
