import { setTimeout as delay } from 'node:timers/promises';
import { UnrecoverableError, WaitingError, DelayedError, Worker, type Job } from 'bullmq';
import type { ChannelLog } from '../gateway/broker/channel-log.js';
import type { Logger } from '../gateway/observability/logger.js';
import {
  CANCEL_FIELD,
  CANCEL_TOLD,
  connect,
  jobKey,
  PREFIX,
  QUEUE,
  QUEUED_FIELD,
  taskIdOf,
  warnSparingly,
  type QueueClient,
} from '../task-queue/connection.js';
import type { TaskDefinitions } from '../task-queue/load.js';
import { countWaiting } from '../task-queue/stored-tasks.js';
import { TaskStory } from '../task-queue/story.js';
import { attemptOf } from '../task-queue/task-of-job.js';
import type { TaskJob } from '../task-queue/task.js';
import { Aborted } from './aborted.js';
import { Lease } from './lease.js';
import type { TaskMetrics } from './metrics.js';
import { Narrator } from './narrator.js';
import { runTask } from './run.js';
import { Turns } from './turns.js';

/** Ours decide, since they are told; BullMQ's own limit is never reached. */
const STALLS_OF_BULLMQ = 1_000_000;
/** For what is left to say after the runs have ended. With Redis away nobody hears it. */
const LAST_WORDS_MS = 5_000;
/** Who scrapes waits no longer than some seconds. */
const COUNT_MS = 2_000;

export type TaskWorkerOptions = Readonly<{
  url: string;
  /** Unique per process start. */
  name: string;
  definitions: TaskDefinitions;
  log: ChannelLog;
  logger: Logger;
  metrics: TaskMetrics;
  /** Tasks that it runs at a time. */
  concurrency: number;
  /** How long a task stays with a worker that gives no sign of life. */
  leaseMs: number;
  /** Of one run, where its definition does not say. */
  timeoutMs: number;
  /** At `stop`: what runs longer is handed back. */
  drainMs: number;
}>;

/** Takes tasks from the queue, a few at a time, and runs each to its end. */
export class TaskWorker {
  readonly #options: TaskWorkerOptions;
  readonly #client: QueueClient;
  readonly #worker: Worker<TaskJob>;
  readonly #runs = new Set<AbortController>();
  readonly #turns = new Turns();
  #stopped: Promise<void> | undefined;

  constructor(options: TaskWorkerOptions) {
    const { url, name, logger, concurrency, leaseMs } = options;
    this.#options = options;
    this.#client = connect(url, name, true);
    this.#worker = new Worker<TaskJob>(QUEUE, (job, token) => this.#take(job, token ?? ''), {
      connection: this.#client,
      prefix: PREFIX,
      name,
      concurrency,
      lockDuration: leaseMs,
      // The lease renews the lock, and knows when it has not.
      skipLockRenewal: true,
      stalledInterval: leaseMs / 2,
      maxStalledCount: STALLS_OF_BULLMQ,
      autorun: false,
    });
    const failed = warnSparingly(this.#client, (error) =>
      logger.warn({ event: 'tasks_queue_failed', error }, 'The queue of tasks failed'),
    );
    this.#worker.on('error', failed);
    this.#worker.on('stalled', (jobId) =>
      logger.warn({ event: 'task_stalled', task: taskIdOf(jobId) }, 'A worker died over a task: it runs again'),
    );
  }

  /** Whether Redis answers. */
  get isReady(): boolean {
    return this.#client.status === 'ready';
  }

  /** Tasks that it runs. */
  get active(): number {
    return this.#runs.size;
  }

  /** Of the whole queue: tasks that wait, those that are tried again later included. @throws Error Redis is away */
  async waiting(): Promise<number> {
    // Its commands wait for Redis to come back.
    if (!this.isReady) throw new Error('Redis is away');
    const counted = await Promise.race([countWaiting(this.#client), delay(COUNT_MS, undefined, { ref: false })]);
    if (counted === undefined) throw new Error('Redis does not answer');
    return counted;
  }

  start(): void {
    this.#worker.run().catch((error: unknown) => {
      this.#options.logger.error({ event: 'tasks_worker_failed', error }, 'The worker takes no more tasks');
    });
  }

  /**
   * Takes no more tasks; those that run end, or are handed back after the drain. Resolves a few seconds after it at the
   * latest, whatever became of Redis. Idempotent.
   */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    const closed = this.#worker.close().then(() => true);
    const closedWithin = (ms: number): Promise<boolean> => Promise.race([closed, delay(ms, false, { ref: false })]);
    const isClosed = this.#runs.size > 0 && (await closedWithin(this.#options.drainMs));
    for (const run of this.#runs) run.abort(new Aborted('stopping'));
    if (!isClosed && !(await closedWithin(LAST_WORDS_MS))) {
      this.#options.logger.warn({ event: 'tasks_left', tasks: this.#runs.size }, 'Redis is away: stops without it');
    }
    this.#client.disconnect();
  }

  async #take(job: Job<TaskJob>, token: string): Promise<string> {
    const { definitions, log, logger, metrics, name, leaseMs, timeoutMs } = this.#options;
    const id = taskIdOf(job.id);
    const run = new AbortController();
    const lease = new Lease(
      {
        extend: async (ms) => (await job.extendLock(token, ms)) === 1,
        isCancelled: async () => (await this.#client.hexists(jobKey(id), CANCEL_FIELD)) === 1,
      },
      leaseMs,
      { lost: () => run.abort(new Aborted('lease_lost')), cancelled: () => run.abort(new Aborted('cancelled')) },
    );
    this.#runs.add(run);
    const startedAt = performance.now();
    let how = 'done';
    try {
      const [mark = null, queued] = await this.#client.hmget(jobKey(id), CANCEL_FIELD, QUEUED_FIELD);
      return await runTask({
        job,
        token,
        definition: definitions.get(job.name),
        narrator: new Narrator(new TaskStory(log, { id, name: job.name }), lease),
        lease,
        turns: this.#turns,
        signal: run.signal,
        worker: name,
        cancel: { isWanted: mark !== null, isTold: mark === CANCEL_TOLD },
        isQueuedTold: queued === '1',
        timeoutMs,
        logger,
      });
    } catch (error) {
      how = endOf(error);
      throw error;
    } finally {
      lease.end();
      this.#runs.delete(run);
      metrics.ended(job.name, how, (performance.now() - startedAt) / 1_000);
      logger.info(
        { event: 'task_ended', task: id, name: job.name, attempt: attemptOf(job, job.data), how },
        'Run of a task ended',
      );
    }
  }
}

const endOf = (error: unknown): string => {
  if (error instanceof WaitingError || error instanceof DelayedError) return 'handed_back';
  if (error instanceof Aborted) return 'lost';
  if (error instanceof UnrecoverableError) return error.message === 'cancelled' ? 'cancelled' : 'failed';
  return 'retrying';
};
