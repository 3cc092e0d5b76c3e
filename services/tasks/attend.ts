import { setMaxListeners } from 'node:events';
import type { Job } from 'bullmq';
import { z } from 'zod';
import { asApplication, asOurs, type Scope } from '../application/scope.js';
import type { JsonValue } from '../protocol/frames.js';
import type { Logger } from '../gateway/observability/logger.js';
import { taskIdOf } from '../task-queue/connection.js';
import type { TaskContext, TaskDefinition } from '../task-queue/definition.js';
import type { TaskJob } from '../task-queue/task.js';
import { Aborted } from './aborted.js';
import type { Narrator } from './narrator.js';

/** For a run that was aborted to end by itself. */
const GRACE_MS = 2_000;
const MOST_TEXT = 4_096;
/** A publication is a frame for clients: it stays below the 64 KiB that one may have. */
const MOST_RESULT = 48 * 1024;

export type Outcome =
  | Readonly<{ kind: 'done'; result: JsonValue }>
  | Readonly<{ kind: 'failed'; error: string }>
  | Readonly<{ kind: 'cancelled' | 'stopping' | 'lease_lost' }>;

type Attending = Readonly<{
  job: Job<TaskJob>;
  definition: TaskDefinition;
  narrator: Narrator;
  signal: AbortSignal;
  attempt: number;
  again: boolean;
  timeoutMs: number;
  logger: Logger;
}>;

/** Runs what the application wrote, and says what became of it, whatever it throws and however long it hangs. */
export const attend = async (attending: Attending): Promise<Outcome> => {
  const { definition, job, timeoutMs } = attending;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Aborted('too_long')),
    (definition.timeoutSeconds ?? 0) * 1_000 || timeoutMs,
  );
  const signal = AbortSignal.any([attending.signal, late.signal]);
  // A run may wait for it in as many places as it likes.
  setMaxListeners(0, signal);
  const grace = graceAfter(signal);
  const { scope, lost } = scopeOf(attending);
  try {
    const context = contextOf({ ...attending, signal });
    const run = asApplication(scope, async () => definition.run(context, job.data.data));
    const result = await Promise.race([run, lost, grace.over]);
    return signal.aborted ? outcomeOf(signal.reason) : checked(result ?? null);
  } catch (error) {
    return outcomeOf(signal.aborted ? signal.reason : error);
  } finally {
    // Work that it left behind.
    late.abort(new Aborted('ended'));
    clearTimeout(timer);
    grace.end();
  }
};

const checked = (result: JsonValue): Outcome => {
  const text = jsonOf(result);
  if (text === undefined) return { kind: 'failed', error: 'its result is no JSON value' };
  if (Buffer.byteLength(text) <= MOST_RESULT) return { kind: 'done', result };
  return { kind: 'failed', error: `its result has more than ${MOST_RESULT / 1024} KiB` };
};

/** Undefined: there is none, as of a function, a bigint, or a circle. An application in JavaScript returns what it likes. */
const jsonOf = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
};

const outcomeOf = (error: unknown): Outcome => {
  if (error instanceof Aborted && error.kind !== 'too_long' && error.kind !== 'ended') return { kind: error.kind };
  if (error instanceof z.ZodError) return { kind: 'failed', error: z.prettifyError(error).slice(0, MOST_TEXT) };
  return { kind: 'failed', error: (error instanceof Error ? error.message : String(error)).slice(0, MOST_TEXT) };
};

const contextOf = ({ job, narrator, signal, attempt, again }: Attending): TaskContext => ({
  id: taskIdOf(job.id),
  attempt,
  again,
  signal,
  progress: (n, of, note) =>
    heard(async () => {
      signal.throwIfAborted();
      requireStep(n, of, note);
      const step = { n, of, ...(note === undefined ? {} : { note: note.slice(0, MOST_TEXT) }) };
      await narrator.next({ event: 'progress', attempt, ...step });
      await job.updateProgress(step);
    }),
  log: (text) =>
    heard(async () => {
      signal.throwIfAborted();
      if (typeof text !== 'string') throw new TypeError('context.log: the text must be a string');
      await narrator.next({ event: 'log', attempt, text: text.slice(0, MOST_TEXT) });
    }),
});

/** @throws TypeError for what can't be read as a step by who hears of it */
const requireStep = (n: unknown, of: unknown, note: unknown): void => {
  if (!Number.isFinite(n) || !Number.isFinite(of)) {
    throw new TypeError('context.progress: n and of must be numbers, and finite');
  }
  if (note !== undefined && typeof note !== 'string')
    throw new TypeError('context.progress: the note must be a string');
};

/** Whose work a run is: `lost` rejects with what it threw where nobody was waiting, and the run has failed. */
const scopeOf = ({ job, attempt, logger }: Attending): Readonly<{ scope: Scope; lost: Promise<never> }> => {
  let fail: (error: unknown) => void = () => {};
  const lost = new Promise<never>((_resolve, reject) => (fail = reject));
  lost.catch(() => undefined);
  const { name } = job;
  const task = taskIdOf(job.id);
  return {
    lost,
    scope: {
      name,
      lost: (error) => {
        logger.error(
          { event: 'task_leaked', task, name, attempt, error },
          'Task failed where nobody was waiting for it',
        );
        fail(error);
      },
    },
  };
};

/** A run that does not wait for it must not end the process with it. */
const heard = (work: () => Promise<void>): Promise<void> => {
  const told = asOurs(work);
  told.catch(() => undefined);
  return told;
};

/** Rejects when the signal was aborted and the grace is over. */
const graceAfter = (signal: AbortSignal) => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const begin = (): void => {
      timer = setTimeout(() => reject(new Error('the run goes on though it was told to end')), GRACE_MS);
    };
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
  });
  return { over, end: () => clearTimeout(timer) };
};
