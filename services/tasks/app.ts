import type { Broker } from '../gateway/broker/broker.js';
import type { Logger } from '../gateway/observability/logger.js';
import type { TaskDefinitions } from '../task-queue/load.js';
import type { TasksConfig } from './config.js';
import { TaskMetrics } from './metrics.js';
import { createTasksServer, listen } from './server.js';
import { TaskWorker } from './worker.js';

export type TasksAppOptions = Readonly<{
  config: TasksConfig;
  /** Unique per process start. */
  name: string;
  definitions: TaskDefinitions;
  broker: Broker;
  logger: Logger;
}>;

/** One task worker, wired. */
export interface TasksApp {
  /** Resolves with the port of its `/metrics`. @throws PortRefused */
  start(): Promise<number>;
  /** No new task, those that run end or are handed back, Redis quit. Bounded by `TASK_DRAIN` and a few seconds. */
  stop(): Promise<void>;
}

const nothing = (): void => undefined;

export const createTasksApp = ({ config, name, definitions, broker, logger }: TasksAppOptions): TasksApp => {
  const metrics: TaskMetrics = new TaskMetrics(
    () => ({ waiting: () => worker.waiting(), active: () => worker.active }),
    { color: config.COLOR, worker: config.WORKER, release: config.RELEASE },
    definitions.keys(),
  );
  const worker = new TaskWorker({
    url: config.REDIS_URL,
    name,
    definitions,
    log: broker.log,
    logger,
    metrics,
    concurrency: config.TASK_CONCURRENCY,
    leaseMs: config.TASK_LEASE * 1_000,
    timeoutMs: config.TASK_TIMEOUT * 1_000,
    drainMs: config.TASK_DRAIN * 1_000,
  });
  const server = createTasksServer({
    trouble: () => (worker.isReady ? broker.health().redis : 'Redis is away'),
    metrics,
    warn: (error) => logger.warn({ event: 'tasks_scrape_failed', error }, 'A scrape failed'),
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await worker.stop();
    await broker.stop();
    server.close();
    server.closeAllConnections();
  };
  return {
    async start() {
      await broker.start({
        publication: nothing,
        resumed: nothing,
        told: nothing,
        clientTold: nothing,
        presenceChanged: nothing,
      });
      const port = await listen(server, config.HOST, config.PORT);
      worker.start();
      return port;
    },
    stop: () => (stopped ??= stop()),
  };
};
