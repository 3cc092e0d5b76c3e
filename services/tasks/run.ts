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

const UNKNOWN_AGAIN_MS = 1_000;
/** A minute: a worker of the release that can run it is up by then, or there is none. */
const UNKNOWN_TRIES = 60;
/** So many workers may die over a task before it counts as the one who kills them. */
const MOST_DEATHS = 3;

export type RunOptions = Readonly<{
  job: Job<TaskJob>;
  token: string;
  /** Undefined: this release has no task of that name. */
  definition: TaskDefinition | undefined;
  narrator: Narrator;
  lease: Lease;
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
  const begun: TaskJob = { ...kept, stallsSeen: stalls };
  if (stalls - (kept.stallsBefore ?? 0) >= MOST_DEATHS) {
    return finish(
      options,
      {
        event: 'failed',
        error: `its worker died ${MOST_DEATHS} times over it, or stood still for longer than its lease`,
      },
      begun,
    );
  }
  await job.updateData(begun);
  const again = stalls > (kept.stallsSeen ?? 0);
  await narrator.next({ event: 'started', attempt, again, worker });
  options.logger.info(
    { event: 'task_started', task: taskIdOf(job.id), name: job.name, attempt, again },
    'Task started',
  );
  return conclude(options, await attend({ ...options, definition, attempt, again }), begun);
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
