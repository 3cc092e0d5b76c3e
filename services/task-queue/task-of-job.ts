import type { Job } from 'bullmq';
import { z } from 'zod';
import { taskIdOf } from './connection.js';
import type { Task, TaskJob, TaskState } from './task.js';

const progressSchema = z.object({ n: z.number(), of: z.number(), note: z.string().exactOptional() });

const STATES: Readonly<Record<string, TaskState>> = { active: 'active', completed: 'done', failed: 'failed' };

const iso = (timeMs: number | undefined): string | null =>
  timeMs === undefined ? null : new Date(timeMs).toISOString();

/** How often it was begun, this run included. Two runs never have the same. */
export const attemptOf = ({ attemptsStarted }: Job<TaskJob>, { notBegun = 0 }: TaskJob): number =>
  attemptsStarted - notBegun;

/** `kind`: BullMQ's word for where it stands. */
export const taskOf = (job: Job<TaskJob>, kind: string, cancelled: boolean): Task => {
  const { data, ending } = job.data;
  const kept = STATES[kind] ?? 'waiting';
  // The mark of one that runs, or was done or had failed before it was seen, has had no effect yet, or none.
  const isOver =
    ending === undefined ? cancelled && kept !== 'active' && kept !== 'done' : ending.event === 'cancelled';
  const state = isOver && kept !== 'active' ? 'cancelled' : kept;
  return {
    id: taskIdOf(job.id),
    name: job.name,
    data,
    state,
    attempt: attemptOf(job, job.data),
    progress: progressSchema.safeParse(job.progress).data ?? null,
    result: state === 'done' && ending?.event === 'done' ? ending.result : null,
    error: state === 'failed' ? (ending?.event === 'failed' ? ending.error : (job.failedReason ?? null)) : null,
    queued_at: new Date(job.timestamp).toISOString(),
    started_at: iso(job.processedOn),
    ended_at: iso(job.finishedOn),
  };
};
