import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Job } from 'bullmq';
import { BrokerUnavailable, type ChannelLog } from '../gateway/broker/channel-log.js';
import { parseJson } from '../protocol/json.js';
import { CANCEL_FIELD, CANCEL_TOLD, CANCEL_WANTED, jobIdOf, jobKey, QUEUED_FIELD, retryKey } from './connection.js';
import type { TaskDefinitions } from './load.js';
import { QueueConnection } from './queue-connection.js';
import { TaskStory } from './story.js';
import { countWaiting, listTasks, readTask } from './stored-tasks.js';
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
/** Longer than it takes to put a task back. */
const RETRY_MS = 10_000;
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
  readonly #connection: QueueConnection;

  constructor(options: TaskQueueOptions) {
    this.#options = options;
    this.#connection = new QueueConnection(options.url, options.warn);
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
      await this.#connection.ask(({ queue }) =>
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
      await this.#connection.ask(({ client }) => client.hset(jobKey(id), QUEUED_FIELD, '1'));
    }
    return { task: await this.#require(id), duplicate };
  }

  get(id: string): Promise<Task | undefined> {
    return this.#connection.ask((connected) => readTask(connected, id));
  }

  list({ state, limit }: Readonly<{ state?: TaskState | undefined; limit: number }>): Promise<readonly Task[]> {
    return this.#connection.ask((connected) => listTasks(connected, state, limit));
  }

  async cancel(id: string): Promise<Task | undefined> {
    const job = await this.#job(id);
    if (job === undefined) return undefined;
    const before = await this.#require(id);
    if (before.state !== 'waiting' && before.state !== 'active')
      throw new TaskConflict(`task ${id} is ${before.state}`);
    await this.#connection.ask(({ client }) => client.hset(jobKey(id), CANCEL_FIELD, CANCEL_WANTED));
    // A worker looks for the mark after it has taken the job: one that waits now is begun by nobody any more.
    const task = await this.#require(id);
    if (task.state === 'cancelled') {
      await this.#story(id, job.name).ended(job.data, { event: 'cancelled' }, task.attempt);
      await this.#connection.ask(({ client }) => client.hset(jobKey(id), CANCEL_FIELD, CANCEL_TOLD));
    }
    return task;
  }

  async retry(id: string): Promise<Task | undefined> {
    const isMine = await this.#connection.ask(({ client }) => client.set(retryKey(id), '1', 'PX', RETRY_MS, 'NX'));
    if (isMine === null) throw new TaskConflict(`task ${id} is being run again: somebody else asks for it now`);
    try {
      const job = await this.#job(id);
      return job && (await this.#runAgain(id, job));
    } finally {
      // Where Redis is away it ends by itself.
      await this.#connection.ask(({ client }) => client.del(retryKey(id))).catch(() => undefined);
    }
  }

  stop(): Promise<void> {
    return this.#connection.stop();
  }

  /** Of those that ask at once, one: else the other's data would stand in a job that runs already. */
  async #runAgain(id: string, job: Job<TaskJob>): Promise<Task> {
    const task = await this.#require(id);
    if (!(await this.#connection.ask(() => job.isFailed()))) {
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
    await this.#connection.ask(({ client }) => client.hdel(jobKey(id), CANCEL_FIELD));
    await this.#connection.ask(() => job.updateData(fresh));
    await this.#story(id, job.name).retried(fresh);
    await this.#connection.ask(() => job.retry('failed', { resetAttemptsMade: true }));
    return this.#require(id);
  }

  async #requireRoom(): Promise<void> {
    const { mostWaiting } = this.#options;
    const waiting = await this.#connection.ask(({ client }) => countWaiting(client));
    if (waiting < mostWaiting) return;
    throw new TaskQueueFull(`${waiting} tasks wait, and MAX_TASKS_WAITING is ${mostWaiting}: ask again later`);
  }

  #story(id: string, name: string): TaskStory {
    return new TaskStory(this.#options.log, { id, name }, this.#options.keepSeconds);
  }

  #job(id: string): Promise<Job<TaskJob> | undefined> {
    return this.#connection.ask(({ queue }) => queue.getJob(jobIdOf(id)));
  }

  async #require(id: string): Promise<Task> {
    const task = await this.get(id);
    if (task === undefined) throw lost(id);
    return task;
  }
}
