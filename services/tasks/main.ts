import { randomBytes } from 'node:crypto';
import { ModulesUnusable } from '../application/modules.js';
import { culprit } from '../application/scope.js';
import { DEFAULT_LIMITS } from '../gateway/broker/broker.js';
import { createRedisBroker } from '../gateway/broker/redis/redis-broker.js';
import { createLogger } from '../gateway/observability/logger.js';
import { loadTasks } from '../task-queue/load.js';
import { createTasksApp } from './app.js';
import { RESERVE } from './lease.js';
import { readTasksConfig, TasksConfigError } from './config.js';
import { PortRefused } from './server.js';

const run = async (): Promise<void> => {
  const config = readTasksConfig();
  const definitions = await loadTasks(config.TASKS);
  const logger = createLogger({
    level: config.LOG_LEVEL,
    service: 'tasks',
    color: config.COLOR,
    worker: `tasks-${config.WORKER}`,
    release: config.RELEASE,
  });
  const crash = (error: unknown): void => {
    const application = culprit();
    if (application !== undefined) {
      application.lost(error);
      return;
    }
    logger.fatal({ event: 'tasks_crash', error }, 'Uncaught error: exiting');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  const name = `tasks-${config.COLOR}-${config.WORKER}-${randomBytes(6).toString('hex')}`;
  const app = createTasksApp({
    config,
    name,
    definitions,
    broker: createRedisBroker({
      url: config.REDIS_URL,
      workerId: name,
      // The story of a task is kept as long as a session, and its publications are known again as long.
      limits: {
        ...DEFAULT_LIMITS,
        historySize: config.HISTORY_SIZE,
        historyTtlSeconds: config.SESSION_TTL,
        sessionTtlSeconds: config.SESSION_TTL,
        dedupeWindowSeconds: config.SESSION_TTL,
        publishTimeoutMs: config.TASK_LEASE * RESERVE * 1_000,
      },
      logger,
    }),
    logger,
  });
  const port = await app.start();
  logger.info(
    { event: 'tasks_started', port, tasks: [...definitions.keys()] },
    `Task worker runs; its metrics are on ${config.HOST}:${port}`,
  );
  const stop = (signal: string): void => {
    logger.info({ event: 'tasks_stopping', signal }, 'No more tasks are taken');
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => crash(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

/** What stops a start and is told in words. */
const TOLD = [TasksConfigError, ModulesUnusable, PortRefused] as const;

run().catch((error: unknown) => {
  const isTold = TOLD.some((kind) => error instanceof kind);
  const words =
    isTold && error instanceof Error
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`switchyard task worker: ${words}\n`);
  process.exit(1);
});
