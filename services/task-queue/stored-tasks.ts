import type { Job, Queue } from 'bullmq';
import { CANCEL_FIELD, jobIdOf, jobKey, PREFIX, QUEUE, taskIdOf, type QueueClient } from './connection.js';
import { TASK_STATES, type Task, type TaskJob, type TaskState } from './task.js';
import { taskOf } from './task-of-job.js';

export type Connected = Readonly<{ client: QueueClient; queue: Queue<TaskJob> }>;

/** Where tasks of a state stand, in BullMQ's words. */
const KINDS = {
  waiting: ['wait', 'prioritized', 'delayed'],
  active: ['active'],
  done: ['completed'],
  failed: ['failed'],
  // One that was cancelled before it ran stands in the queue until its turn.
  cancelled: ['failed', 'wait', 'prioritized', 'delayed'],
} as const satisfies Readonly<Record<TaskState, readonly string[]>>;
type Kind = (typeof KINDS)[TaskState][number];

/** Tasks that wait, those that are tried again later included. */
export const countWaiting = async (client: QueueClient): Promise<number> => {
  const [waiting, delayed, prioritized] = await Promise.all([
    client.llen(`${PREFIX}:${QUEUE}:wait`),
    client.zcard(`${PREFIX}:${QUEUE}:delayed`),
    client.zcard(`${PREFIX}:${QUEUE}:prioritized`),
  ]);
  return waiting + delayed + prioritized;
};

/** Ids that are read at a time. */
const PAGE = 200;

type Wanted = Readonly<{ states: readonly TaskState[]; limit: number }>;

/** A task at one moment. Undefined: there is none. */
export const readTask = async ({ queue, client }: Connected, id: string): Promise<Task | undefined> => {
  const jobId = jobIdOf(id);
  for (;;) {
    const before = await queue.getJobState(jobId);
    const [job, isMarked] = await Promise.all([queue.getJob(jobId), isCancelled(client, jobId)]);
    if (job === undefined) return undefined;
    if ((await queue.getJobState(jobId)) === before) return taskOf(job, before, isMarked);
  }
};

/** The newest of these states. */
export const listTasks = async (
  connected: Connected,
  state: TaskState | undefined,
  limit: number,
): Promise<readonly Task[]> => {
  const states = state === undefined ? TASK_STATES : [state];
  const kinds = [...new Set(states.flatMap((each) => KINDS[each]))];
  const found = await Promise.all(kinds.map((kind) => tasksOf(connected, kind, { states, limit })));
  // One that moved while it was looked for is found twice: as it was last seen.
  const tasks = new Map(found.flat().map((task) => [task.id, task]));
  return [...tasks.values()].sort((a, b) => (a.queued_at < b.queued_at ? 1 : -1)).slice(0, limit);
};

/** Those that stand in one place: its newest, page by page, until there are as many as are wanted. */
const tasksOf = async (
  { queue, client }: Connected,
  kind: Kind,
  { states, limit }: Wanted,
): Promise<readonly Task[]> => {
  const found: Task[] = [];
  // Few of many are: the data of the others is not read.
  const marked = states.every((state) => state === 'cancelled');
  for (let from = 0; found.length < limit; from += PAGE) {
    const page = await queue.getRanges([kind], from, from + PAGE - 1);
    if (page.length === 0) break;
    const marks = await Promise.all(page.map((jobId) => isCancelled(client, jobId)));
    const worth = page.map((jobId, index) => ({ jobId, isMarked: marks[index] === true }));
    const left = marked ? worth.filter(({ isMarked }) => isMarked) : worth;
    while (left.length > 0 && found.length < limit) {
      const tasks = await Promise.all(
        left.splice(0, limit).map(async ({ jobId, isMarked }) => {
          const job: Job<TaskJob> | undefined = await queue.getJob(jobId);
          // It may have been removed since its id was read.
          return job === undefined ? [] : [taskOf(job, kind, isMarked)];
        }),
      );
      found.push(...tasks.flat().filter((task) => states.includes(task.state)));
    }
  }
  return found;
};

/** Whether somebody wants it to end. */
const isCancelled = async (client: QueueClient, jobId: string): Promise<boolean> =>
  (await client.hexists(jobKey(taskIdOf(jobId)), CANCEL_FIELD)) === 1;
