import type { JsonValue } from '../protocol/frames.js';

export const TASK_STATES = ['waiting', 'active', 'done', 'failed', 'cancelled'] as const;
export type TaskState = (typeof TASK_STATES)[number];

export type TaskProgress = Readonly<{ n: number; of: number; note?: string }>;

/** How a task ended, for good. */
export type Ending =
  | Readonly<{ event: 'done'; result: JsonValue }>
  | Readonly<{ event: 'failed'; error: string }>
  | Readonly<{ event: 'cancelled' }>;

/** A task as it stands. Times are ISO 8601, null: not yet. */
export type Task = Readonly<{
  id: string;
  name: string;
  data: JsonValue;
  state: TaskState;
  /** How often it was begun. */
  attempt: number;
  progress: TaskProgress | null;
  /** Of a task that is done. */
  result: JsonValue;
  /** Of a task that failed. */
  error: string | null;
  queued_at: string;
  started_at: string | null;
  ended_at: string | null;
}>;

/** What the queue keeps with a job. Old and new releases read it: fields are only added. */
export type TaskJob = Readonly<{
  data: JsonValue;
  /** Drawn anew by whoever asks for a task: it is that of the one who put it there. */
  starter?: string;
  /** How often it was asked for again after its end. */
  round: number;
  /** How often a worker took it and began no run: it handed the task on, or had only its end to tell. */
  notBegun?: number;
  /** How often it was handed on in this round. */
  handedOn?: number;
  /** Stalls (BullMQ's count) when the last run began: more of them now, and that run ended without a word. */
  stallsSeen?: number;
  /** Stalls when this round began. */
  stallsBefore?: number;
  /** Nothing else runs on its worker in the last run. */
  alone?: boolean;
  /** How many such runs of this round ended without a word. */
  diedAlone?: number;
  /** It ran and ended so: what is left is to tell, however often the worker dies over it. */
  ending?: Ending;
}>;

/** What is published on `task:<id>` and `tasks`; docs/PROTOCOL.md, [task-1]. */
export type TaskEvent =
  | Readonly<{ event: 'queued'; data: JsonValue }>
  | Readonly<{ event: 'started'; attempt: number; again: boolean; worker: string }>
  | Readonly<{ event: 'progress'; attempt: number; n: number; of: number; note?: string }>
  | Readonly<{ event: 'log'; attempt: number; text: string }>
  | Readonly<{ event: 'retrying'; attempt: number; error: string }>
  | Readonly<{ event: 'returned'; attempt: number }>
  | Readonly<{ event: 'retried' }>
  | (Ending & Readonly<{ attempt: number }>);
