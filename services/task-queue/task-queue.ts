import type { z } from 'zod';
import type { JsonValue } from '../protocol/frames.js';
import type { Task, TaskState } from './task.js';

/** There is no task of that name; the message says which there are. */
export class UnknownTask extends Error {
  override readonly name = 'UnknownTask';
}
/** The data is not what the task's schema says. */
export class WrongTaskData extends Error {
  override readonly name = 'WrongTaskData';
  readonly reason: z.ZodError;

  constructor(task: string, reason: z.ZodError) {
    super(`the data is not what ${task} takes`);
    this.reason = reason;
  }
}
/** The id stands for a task of another name, or with other data. */
export class TaskIdReused extends Error {
  override readonly name = 'TaskIdReused';
}
/** Too many tasks wait. No effect. */
export class TaskQueueFull extends Error {
  override readonly name = 'TaskQueueFull';
}
/** This worker has no queue: it has no Redis. */
export class NoTaskQueue extends Error {
  override readonly name = 'NoTaskQueue';

  constructor() {
    super('REDIS_URL is not set on this worker: tasks need it');
  }
}
/** It is not in a state for that; the message says in which it is. */
export class TaskConflict extends Error {
  override readonly name = 'TaskConflict';
}

export type TaskStart = Readonly<{
  name: string;
  data: JsonValue;
  /** Of the task. The same id is one task, however often it is started, as long as the queue knows it. */
  id: string;
}>;

/**
 * The tasks of the cluster. A task that was accepted is run to an end, by any worker of any color: once, or once more
 * where a worker died over it. Ended ones are kept for a day, the newest 1,000 done and 1,000 others.
 */
export interface TaskQueue {
  /**
   * `duplicate`: it was there, put there by another ask. @throws UnknownTask, WrongTaskData, TaskIdReused, TaskQueueFull,
   * BrokerUnavailable
   */
  start(start: TaskStart): Promise<Readonly<{ task: Task; duplicate: boolean }>>;
  /** @throws BrokerUnavailable */
  get(id: string): Promise<Task | undefined>;
  /** Newest first, at most `limit` (1–200). @throws BrokerUnavailable */
  list(query: Readonly<{ state?: TaskState | undefined; limit: number }>): Promise<readonly Task[]>;
  /**
   * One that waits ends at once; one that runs is told within a second, and ends when it has ended, but may be done
   * before. Undefined: there is none. @throws TaskConflict (it has ended), BrokerUnavailable
   */
  cancel(id: string): Promise<Task | undefined>;
  /**
   * Runs one that failed or was cancelled once more. Undefined: there is none. @throws TaskConflict, TaskQueueFull,
   * BrokerUnavailable
   */
  retry(id: string): Promise<Task | undefined>;
  /** Idempotent. */
  stop(): Promise<void>;
}
