import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { DEFAULT_LIMITS, type Broker, type BrokerLimits } from '../../gateway/broker/broker.js';
import { createRedisBroker } from '../../gateway/broker/redis/redis-broker.js';
import type { RedisServer } from '../../gateway/broker/testing/redis-server.js';
import { redisFor } from '../../gateway/broker/testing/redis-worker.js';
import { createLogger } from '../../gateway/observability/logger.js';
import { BullmqQueue } from '../../task-queue/bullmq-queue.js';
import type { TaskDefinition } from '../../task-queue/definition.js';
import type { TaskDefinitions } from '../../task-queue/load.js';
import { TASKS_CHANNEL, taskChannel } from '../../task-queue/story.js';
import type { ChannelName } from '../../protocol/ids.js';
import { createTasksApp, type TasksApp } from '../app.js';
import { readTasksConfig } from '../config.js';

export type Told = Readonly<Record<string, unknown>> & Readonly<{ event: string; task: string }>;

export type TaskStage = Readonly<{
  redis: RedisServer;
  queue: BullmqQueue;
  /** The whole log of a channel, as a client that comes late reads it. Its offsets are 1, 2, 3 …. */
  story(channel: ChannelName): Promise<readonly Told[]>;
  /** As `story`, once that event stands in it. */
  storyUntil(id: string, event: string): Promise<readonly Told[]>;
  /** After Redis was away: all that this stage asks it with works again. */
  whenBack(): Promise<void>;
  all: ChannelName;
  /** `known`: what its release knows; by default all. */
  startWorker(settings?: Readonly<Record<string, string>>, known?: TaskDefinitions): Promise<TasksApp>;
}>;

const silent = (): ReturnType<typeof createLogger> =>
  createLogger({ level: 'silent', service: 'tasks', color: 'blue', worker: '1', release: 'r' });

const readLog = async (broker: Broker, channel: ChannelName): Promise<readonly Told[]> => {
  const { publications } = await broker.log.read({ channel, limit: 1_000, maxBytes: 16 * 1024 * 1024 });
  publications.forEach(({ offset }, index) => {
    if (offset !== index + 1) throw new Error(`${channel} has a hole: ${offset} at place ${index + 1}`);
  });
  return publications.map(({ body }) => (JSON.parse(`{${body}}`) as { data: Told }).data);
};

const nothing = (): void => undefined;

/** The broker of a gateway, and what says `heard` at each publication of the channels that it listens to. */
const gatewayOn = async (
  { url }: RedisServer,
  limits: Partial<BrokerLimits>,
): Promise<Readonly<{ broker: Broker; ear: EventEmitter }>> => {
  const ear = new EventEmitter();
  const hear = (): void => void ear.emit('heard');
  const broker = createRedisBroker({ url, workerId: 'gateway', limits: { ...DEFAULT_LIMITS, ...limits } });
  onTestFinished(() => broker.stop());
  await broker.start({
    publication: hear,
    // Whatever was told meanwhile.
    resumed: hear,
    told: nothing,
    clientTold: nothing,
    presenceChanged: nothing,
  });
  return { broker, ear };
};

/** A queue on a Redis of its own, and workers in this process. `limits`: of the gateway. Everything ends with the test. */
export const taskStage = async (
  tasks: readonly TaskDefinition[],
  limits: Partial<BrokerLimits> = {},
  mostWaiting = 10_000,
): Promise<TaskStage> => {
  const redis = await redisFor();
  const definitions = new Map(tasks.map((task) => [task.name, task]));
  const { broker, ear } = await gatewayOn(redis, limits);
  const queue = new BullmqQueue({
    url: redis.url,
    definitions,
    log: broker.log,
    keepSeconds: limits.sessionTtlSeconds ?? 60,
    mostWaiting,
    warn: () => undefined,
  });
  onTestFinished(() => queue.stop());
  const story = (channel: ChannelName): Promise<readonly Told[]> => readLog(broker, channel);
  return {
    redis,
    queue,
    story,
    async whenBack() {
      await expect.poll(() => broker.health()).toEqual({ redis: undefined, subscribed: undefined });
    },
    all: TASKS_CHANNEL,
    async storyUntil(id, event) {
      const channel = taskChannel(id);
      await broker.log.listen(channel);
      const late = AbortSignal.timeout(40_000);
      for (;;) {
        const isHeard = once(ear, 'heard', { signal: late }).then(
          () => true,
          () => false,
        );
        const told = await story(channel);
        if (told.some((each) => each.event === event)) return told;
        if (!(await isHeard)) throw new Error(`no ${event} came: ${JSON.stringify(told.at(-1))}`);
      }
    },
    async startWorker(settings = {}, known = definitions) {
      const name = `tasks-${randomUUID()}`;
      const app = createTasksApp({
        config: readTasksConfig({ REDIS_URL: redis.url, PORT: '0', TASK_LEASE: '2', ...settings }),
        name,
        definitions: known,
        broker: createRedisBroker({ url: redis.url, workerId: name, limits: DEFAULT_LIMITS }),
        logger: silent(),
      });
      onTestFinished(() => app.stop());
      await app.start();
      return app;
    },
  };
};

export const eventsOf = (told: readonly Told[]): readonly string[] => told.map(({ event }) => event);

/** Starts a task with an id of its own, which it returns. */
export const start = async (
  { queue }: TaskStage,
  name: string,
  data: Record<string, string | number>,
): Promise<string> => {
  const id = `t${Math.random().toString(36).slice(2)}`;
  await queue.start({ name, data, id });
  return id;
};

/** How far a run told that it was, step by step. */
export const progressOf = (told: readonly Told[], attempt: number): readonly unknown[] =>
  told.filter((each) => each.event === 'progress' && each['attempt'] === attempt).map((each) => each['n']);
export const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);
