import { Redis } from 'ioredis';

export type QueueClient = Redis;

export const QUEUE = 'tasks';
/** One slot of a Redis Cluster for all keys of the queue. */
export const PREFIX = 'sy:{tasks}';
/** Before the id of a task: BullMQ keeps its jobs beside keys of its own (`wait`, `meta`), and takes no number as an id. */
const JOB = 'task-';
export const jobIdOf = (taskId: string): string => `${JOB}${taskId}`;
export const taskIdOf = (jobId: string | undefined): string => (jobId ?? '').slice(JOB.length);
/** Key of a task in Redis. */
export const jobKey = (taskId: string): string => `${PREFIX}:${QUEUE}:${jobIdOf(taskId)}`;
/** Field of it: somebody wants it to end. BullMQ reads and writes fields of its own. */
export const CANCEL_FIELD = 'sy_cancel';
export const CANCEL_WANTED = '1';
/** As `CANCEL_WANTED`, and its story has its end. */
export const CANCEL_TOLD = 'told';

/** Field of it: `queued` stands in its story, on `tasks` too. */
export const QUEUED_FIELD = 'sy_queued';

/** A command that Redis does not answer fails after so long. */
const ANSWER_MS = 2_000;
const RETRY_MOST_MS = 500;

/** `patient`: for a worker, which waits for Redis to come back; another's commands fail while it is away. */
export const connect = (url: string, name: string, patient: boolean): Redis =>
  new Redis(url, {
    connectionName: `switchyard-${name}`,
    protocol: 2,
    retryStrategy: (attempt) => Math.min(50 * attempt, RETRY_MOST_MS),
    ...(patient ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 1, commandTimeout: ANSWER_MS }),
  });

/** What ioredis says where there is no connection, and what Redis says that takes no commands now. */
const AWAY_NAMES: ReadonlySet<string> = new Set(['AbortError', 'MaxRetriesPerRequestError']);
const AWAY_WORDS =
  /^(Connection is closed|Command timed out|Stream isn't writeable|(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|MISCONF|OOM|BUSY|NOAUTH|WRONGPASS) )/;

/** Whether a command failed since Redis is away, and may be asked for again. Else it is a defect. */
export const isAway = (error: unknown): boolean =>
  error instanceof Error &&
  (AWAY_NAMES.has(error.name) || AWAY_WORDS.test(error.message) || ('syscall' in error && 'code' in error));
const TOLD_AGAIN_MS = 60_000;

/**
 * Tells what goes wrong with the client, and what is given to the returned function, the same words once a minute: while Redis is
 * away each connection of a queue meets an error at each attempt.
 */
export const warnSparingly = (client: Redis, warn: (error: Error) => void): ((error: Error) => void) => {
  const told = new Set<string>();
  let since = -Infinity;
  const failed = (error: Error): void => {
    const now = performance.now();
    if (now - since >= TOLD_AGAIN_MS) {
      told.clear();
      since = now;
    }
    if (told.has(error.message)) return;
    told.add(error.message);
    warn(error);
  };
  client.on('error', failed);
  return failed;
};
