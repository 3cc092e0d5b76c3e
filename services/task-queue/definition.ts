import type { z } from 'zod';
import type { JsonValue } from '../protocol/frames.js';

/** What a task is run with. */
export interface TaskContext {
  readonly id: string;
  /** 1, 2, 3 …: how often the task was begun, whatever ended the runs before. */
  readonly attempt: number;
  /** The run before ended without a word (its worker was killed): what it did may be half done. */
  readonly again: boolean;
  /**
   * Aborted when the task was cancelled, took too long, lost its lease, or its worker stops: the run has two seconds to
   * end, and what it does afterwards counts for nothing.
   */
  readonly signal: AbortSignal;
  /** Publishes how far it is: `n` of `of`. Resolves when that is in the log. @throws TypeError; the signal's reason once aborted */
  progress(n: number, of: number, note?: string): Promise<void>;
  /** Publishes a line, at most 4,096 characters of it. @throws TypeError; the signal's reason once aborted */
  log(text: string): Promise<void>;
}

/** A kind of task. Made by `defineTask`. */
export interface TaskDefinition {
  readonly name: string;
  /** What its data must be: read where the task is started, and again where it runs. */
  readonly schema: z.ZodType;
  /** Runs until it counts as failed, ends without a word not counted. */
  readonly attempts: number;
  /** Of one run, s; undefined: as `TASK_TIMEOUT` says. */
  readonly timeoutSeconds: number | undefined;
  /** @throws what made it fail: its message is published */
  run(context: TaskContext, data: unknown): Promise<JsonValue | undefined>;
}

type Words<Schema extends z.ZodType> = Readonly<{
  name: string;
  schema: Schema;
  attempts?: number;
  timeoutSeconds?: number;
  run(context: TaskContext, data: z.output<Schema>): Promise<JsonValue | undefined>;
}>;

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** @throws Error when the name is none, or the attempts or seconds are no number above 0 */
export const defineTask = <Schema extends z.ZodType>({
  name,
  schema,
  attempts = 1,
  timeoutSeconds,
  run,
}: Words<Schema>): TaskDefinition => {
  if (!NAME.test(name)) throw new Error(`a task is called by 1 to 64 letters, digits, _ or -, not "${name}"`);
  if (!Number.isInteger(attempts) || attempts < 1) throw new Error(`task ${name}: attempts must be 1 or more`);
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0)) throw new Error(`task ${name}: timeoutSeconds is over 0`);
  return {
    name,
    schema,
    attempts,
    timeoutSeconds,
    run: async (context, data) => run(context, schema.parse(data)),
  };
};
