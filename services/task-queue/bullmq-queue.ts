import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Job } from 'bullmq';
import { BrokerUnavailable, type ChannelLog } from '../gateway/broker/channel-log.js';
import { parseJson } from '../protocol/json.js';
import {
  CANCEL_FIELD,
  CANCEL_TOLD,
  CANCEL_WANTED,
  connect,
  isAway,
  jobIdOf,
  jobKey,
  PREFIX,
  QUEUE,
  QUEUED_FIELD,
  warnSparingly,
} from './connection.js';
import type { TaskDefinitions } from './load.js';
import { TaskStory } from './story.js';
import { countWaiting, listTasks, readTask, type Connected } from './stored-tasks.js';
import type { Task, TaskJob, TaskState } from './task.js';
import {
  TaskConflict,
  TaskIdReused,
  TaskQueueFull,
  UnknownTask,
  WrongTaskData,
  type TaskQueue,
  type TaskStart,
} from './task-queue.js';

const KEPT_SECONDS = 86_400;
const KEPT = { age: KEPT_SECONDS, count: 1_000 };

const lost = (id: string): BrokerUnavailable => new BrokerUnavailable(`Redis has lost task ${id}`);

type TaskQueueOptions = Readonly<{
  url: string;
  definitions: TaskDefinitions;
  /** Where a task's story is told. */
  log: ChannelLog;
  /** How long its channels are kept after what is told here, s. A task may wait longer than a channel is kept. */
  keepSeconds: number;
  /** Tasks that may wait: no more is started then. A few more are where many start at once. */
  mostWaiting: number;
  warn(error: Error): void;
}>;

/** Tasks in BullMQ, which keeps them in the Redis of the cluster. Connects when it is first asked. */
export class BullmqQueue implements TaskQueue {
  readonly #options: TaskQueueOptions;
  #connecting: Promise<Connected> | undefined;

  constructor(options: TaskQueueOptions) {
    this.#options = options;
  }

  async start({ name, data, id }: TaskStart) {
    const definition = this.#options.definitions.get(name);
    if (definition === undefined) {
      throw new UnknownTask(`no task is called ${name}: there are ${[...this.#options.definitions.keys()].join(', ')}`);
    }
    const read = definition.schema.safeParse(data);
    if (!read.success) throw new WrongTaskData(name, read.error);
    const starter = randomUUID();
    if ((await this.#job(id)) === undefined) {
      await this.#requireRoom();
      // Whoever else asks for it now does the same: the first one's stays.
      await this.#ask(({ queue }) =>
        queue.add(
          name,
          { data, round: 0, starter },
          {
            jobId: jobIdOf(id),
            attempts: definition.attempts,
            backoff: { type: 'exponential', delay: 1_000 },
            removeOnComplete: KEPT,
            removeOnFail: KEPT,
          },
        ),
      );
    }
    const kept = await this.#job(id);
    if (kept === undefined) throw lost(id);
    // As it was kept: in JSON.
    if (kept.name !== name || !isDeepStrictEqual(kept.data.data, parseJson(JSON.stringify(data)))) {
      throw new TaskIdReused(`task ${id} is there already: ${kept.name === name ? 'with other data' : kept.name}`);
    }
    const duplicate = kept.data.starter !== starter;
    // A worker that has begun it has told this before; where this process ends here, it does.
    if (!duplicate) {
      await this.#story(id, name).queued({ data, round: 0 });
      await this.#ask(({ client }) => client.hset(jobKey(id), QUEUED_FIELD, '1'));
    }
    return { task: await this.#require(id), duplicate };
  }

  get(id: string): Promise<Task | undefined> {
    return this.#ask((connected) => readTask(connected, id));
  }

  list({ state, limit }: Readonly<{ state?: TaskState | undefined; limit: number }>): Promise<readonly Task[]> {
    return this.#ask((connected) => listTasks(connected, state, limit));
  }

  async cancel(id: string): Promise<Task | undefined> {
    const job = await this.#job(id);
    if (job === undefined) return undefined;
    const before = await this.#require(id);
    if (before.state !== 'waiting' && before.state !== 'active')
      throw new TaskConflict(`task ${id} is ${before.state}`);
    await this.#ask(({ client }) => client.hset(jobKey(id), CANCEL_FIELD, CANCEL_WANTED));
    // A worker looks for the mark after it has taken the job: one that waits now is begun by nobody any more.
    const task = await this.#require(id);
    if (task.state === 'cancelled') {
      await this.#story(id, job.name).ended(job.data, { event: 'cancelled' }, task.attempt);
      await this.#ask(({ client }) => client.hset(jobKey(id), CANCEL_FIELD, CANCEL_TOLD));
    }
    return task;
  }

  async retry(id: string): Promise<Task | undefined> {
    const job = await this.#job(id);
    if (job === undefined) return undefined;
    const task = await this.#require(id);
    if (!(await this.#ask(() => job.isFailed()))) {
      const words = task.state === 'cancelled' ? 'cancelled, but no worker has put it away yet' : task.state;
      throw new TaskConflict(`task ${id} is ${words}: only one that failed or was cancelled can be run again`);
    }
    await this.#requireRoom();
    const { data, round, notBegun = 0 } = job.data;
    const fresh: TaskJob = {
      data,
      round: round + 1,
      notBegun,
      stallsSeen: job.stalledCounter,
      stallsBefore: job.stalledCounter,
    };
    await this.#ask(({ client }) => client.hdel(jobKey(id), CANCEL_FIELD));
    await this.#ask(() => job.updateData(fresh));
    await this.#story(id, job.name).retried(fresh);
    await this.#ask(() => job.retry('failed', { resetAttemptsMade: true }));
    return this.#require(id);
  }

  async stop(): Promise<void> {
    const connected = await this.#connecting?.catch(() => undefined);
    await connected?.queue.close();
    connected?.client.disconnect();
  }

  async #requireRoom(): Promise<void> {
    const { mostWaiting } = this.#options;
    const waiting = await this.#ask(({ client }) => countWaiting(client));
    if (waiting < mostWaiting) return;
    throw new TaskQueueFull(`${waiting} tasks wait, and MAX_TASKS_WAITING is ${mostWaiting}: ask again later`);
  }

  #story(id: string, name: string): TaskStory {
    return new TaskStory(this.#options.log, { id, name }, this.#options.keepSeconds);
  }

  #job(id: string): Promise<Job<TaskJob> | undefined> {
    return this.#ask(({ queue }) => queue.getJob(jobIdOf(id)));
  }

  async #require(id: string): Promise<Task> {
    const task = await this.get(id);
    if (task === undefined) throw lost(id);
    return task;
  }

  async #ask<T>(work: (connected: Connected) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#connected());
    } catch (error) {
      const words = `the queue of tasks: ${error instanceof Error ? error.message : String(error)}`;
      throw isAway(error) ? new BrokerUnavailable(words, { cause: error }) : new Error(words, { cause: error });
    }
  }

  /** Where it could not be, it is tried anew when somebody asks again. */
  #connected(): Promise<Connected> {
    return (this.#connecting ??= this.#connect().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    }));
  }

  async #connect(): Promise<Connected> {
    // It takes a second to load on a small machine: a worker that nobody asks for tasks starts without it.
    const { Queue } = await import('bullmq');
    const client = connect(this.#options.url, 'task-queue', false);
    const queue = new Queue<TaskJob>(QUEUE, { connection: client, prefix: PREFIX, skipWaitingForReady: true });
    queue.on('error', warnSparingly(client, this.#options.warn));
    try {
      // BullMQ asks once whom it speaks with: a queue whom nobody answered then fails for good.
      await queue.waitUntilReady();
    } catch (error) {
      client.disconnect();
      throw error;
    }
    return { client, queue };
  }
}
