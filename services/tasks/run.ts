import type { Job } from 'bullmq';
import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import type { Logger } from '../gateway/observability/logger.js';
import { taskIdOf } from '../task-queue/connection.js';
import type { TaskDefinition } from '../task-queue/definition.js';
import { attemptOf } from '../task-queue/task-of-job.js';
import type { Ending, TaskJob } from '../task-queue/task.js';
import { Aborted } from './aborted.js';
import { attend, type Outcome } from './attend.js';
import type { Lease } from './lease.js';
import type { Narrator } from './narrator.js';
import type { Turns } from './turns.js';

const UNKNOWN_AGAIN_MS = 1_000;
/** A minute: a worker of the release that can run it is up by then, or there is none. */
const UNKNOWN_TRIES = 60;
/** A worker that dies, or stands still for longer than its leases, does so over all that it runs: after so many times a task runs alone. */
const SUSPECT_AFTER = 2;
/** And when it has happened so often while it ran alone, it counts as the one who does it. */
const MOST_ALONE = 2;

export type RunOptions = Readonly<{
  job: Job<TaskJob>;
  token: string;
  /** Undefined: this release has no task of that name. */
  definition: TaskDefinition | undefined;
  narrator: Narrator;
  lease: Lease;
  /** Of its worker. */
  turns: Turns;
  /** Aborted with an `Aborted`. */
  signal: AbortSignal;
  /** Unique name of this worker's process. */
  worker: string;
  cancel: Readonly<{ isWanted: boolean; isTold: boolean }>;
  /** Whether `queued` stands in its story. */
  isQueuedTold: boolean;
  timeoutMs: number;
  logger: Logger;
}>;

/**
 * One run of a task, from the moment a worker has it. Resolves when it is done; what it throws tells BullMQ what becomes
 * of the job. Its end is kept in the queue before it is told, and told before the job is put away: a worker that dies in
 * between leaves to the next one what is left of that, and no second run.
 * @throws UnrecoverableError it failed for good, or was cancelled; WaitingError, DelayedError it was handed back; Error it failed
 * and is tried again; Aborted another worker may have it
 */
export const runTask = async (options: RunOptions): Promise<string> => {
  const { job, narrator, worker, definition, cancel } = options;
  const { data: kept, stalledCounter: stalls } = job;
  const attempt = attemptOf(job, kept);
  const notBegun: TaskJob = { ...kept, notBegun: (kept.notBegun ?? 0) + 1 };
  if (kept.ending !== undefined) return finish(options, kept.ending, notBegun);
  if (cancel.isTold) {
    await job.updateData(notBegun);
    throw new UnrecoverableError('cancelled');
  }
  if (kept.round === 0 && kept.stallsSeen === undefined) {
    const { story } = narrator;
    await narrator.tell(() => (options.isQueuedTold ? story.queuedBefore(kept) : story.queued(kept)));
  }
  if (cancel.isWanted) return finish(options, { event: 'cancelled' }, notBegun);
  if (definition === undefined) return handOn(options, notBegun, `no worker knows a task called ${job.name}`);
  if (!definition.schema.safeParse(kept.data).success) {
    return handOn(options, notBegun, `its data is not what ${job.name} takes, at any worker`);
  }
  const deaths = stalls - (kept.stallsBefore ?? 0);
  const again = stalls > (kept.stallsSeen ?? 0);
  const diedAlone = (kept.diedAlone ?? 0) + (again && kept.alone === true ? 1 : 0);
  if (diedAlone >= MOST_ALONE) {
    const error = `its worker died ${deaths} times over it, or stood still for longer than its lease; ${MOST_ALONE} times nothing else ran there`;
    return finish(options, { event: 'failed', error }, notBegun);
  }
  const alone = deaths >= SUSPECT_AFTER;
  // A worker that dies while this waits does not die over it.
  const notAlone = { alone: false, diedAlone };
  if (kept.alone === true) await job.updateData({ ...kept, ...notAlone });
  const leave = await options.turns
    .take(alone, options.signal)
    .catch((error: unknown) => notRun(options, { ...notBegun, ...notAlone }, error));
  if (typeof leave === 'string') return leave;
  try {
    const begun: TaskJob = { ...kept, alone, diedAlone, stallsSeen: stalls };
    await job.updateData(begun);
    await narrator.next({ event: 'started', attempt, again, worker });
    options.logger.info(
      { event: 'task_started', task: taskIdOf(job.id), name: job.name, attempt, again, alone },
      'Task started',
    );
    return await conclude(options, await attend({ ...options, definition, attempt, again }), begun);
  } finally {
    leave();
  }
};

/** It was told to end before its turn came. */
const notRun = async (options: RunOptions, kept: TaskJob, error: unknown): Promise<string> => {
  if (!(error instanceof Aborted)) throw error;
  if (error.kind === 'cancelled') return finish(options, { event: 'cancelled' }, kept);
  if (error.kind !== 'stopping') throw error;
  const { job, token } = options;
  await job.updateData(kept);
  await job.moveToWait(token);
  throw new WaitingError();
};

const conclude = async (options: RunOptions, outcome: Outcome, begun: TaskJob): Promise<string> => {
  const { job, token, narrator } = options;
  const attempt = attemptOf(job, begun);
  switch (outcome.kind) {
    case 'done':
      return finish(options, { event: 'done', result: outcome.result }, begun);
    case 'cancelled':
      return finish(options, { event: 'cancelled' }, begun);
    case 'failed': {
      const { error } = outcome;
      if (job.attemptsMade + 1 >= (job.opts.attempts ?? 1)) return finish(options, { event: 'failed', error }, begun);
      await narrator.next({ event: 'retrying', attempt, error });
      throw new Error(error);
    }
    case 'stopping':
      await narrator.next({ event: 'returned', attempt });
      await job.moveToWait(token);
      throw new WaitingError();
    case 'lease_lost':
      throw new Aborted('lease_lost');
    default:
      return outcome satisfies never;
  }
};

const finish = async ({ job, narrator, lease }: RunOptions, ending: Ending, kept: TaskJob): Promise<string> => {
  if (!lease.holds) throw new Aborted('lease_lost');
  await job.updateData({ ...kept, ending });
  await narrator.tell(() => narrator.story.ended(kept, ending, attemptOf(job, kept)));
  if (ending.event !== 'done') throw new UnrecoverableError(ending.event === 'failed' ? ending.error : 'cancelled');
  return ending.event;
};

/** To a worker of another release: the gateway that took it knew the task, and its data was good there. */
const handOn = async (options: RunOptions, kept: TaskJob, error: string): Promise<string> => {
  const { job, token, lease } = options;
  const { handedOn = 0 } = kept;
  if (handedOn >= UNKNOWN_TRIES) return finish(options, { event: 'failed', error }, kept);
  if (!lease.holds) throw new Aborted('lease_lost');
  await job.updateData({ ...kept, handedOn: handedOn + 1 });
  await job.moveToDelayed(Date.now() + UNKNOWN_AGAIN_MS, token);
  throw new DelayedError();
};
