import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createApp, LAST_LINES_MS, type App } from './app.js';
import type { Broker, BrokerLimits } from './broker/broker.js';
import { createMemoryCluster } from './broker/memory/memory-cluster.js';
import { createRedisBroker } from './broker/redis/redis-broker.js';
import { readConfig, readUnknown } from './config/config.js';
import type { Config } from './config/settings.js';
import { ConfigError } from './config/together.js';
import { ModulesUnusable } from '../application/modules.js';
import { culprit } from '../application/scope.js';
import { pushBeforeExit } from '../loki/push-before-exit.js';
import { pushTo } from '../loki/push.js';
import { unknownWords } from '../settings/unknown.js';
import { loadHandlers } from './handlers/load.js';
import { createLogger, type Logger } from './observability/logger.js';
import { LogShipper } from './observability/shipping/log-shipper.js';
import { ListenFailed } from './transport/server.js';
import { TransportUnavailable } from './transport/uws.js';
import { BullmqQueue } from '../task-queue/bullmq-queue.js';
import { loadTasks } from '../task-queue/load.js';
import type { TaskQueue } from '../task-queue/task-queue.js';

const limitsOf = (config: Config): BrokerLimits => ({
  historySize: config.HISTORY_SIZE,
  historyTtlSeconds: config.HISTORY_TTL,
  historyMaxBytes: config.HISTORY_MAX_BYTES,
  sessionTtlSeconds: config.SESSION_TTL,
  dedupeWindowSeconds: config.DEDUPE_WINDOW,
  dedupeMaxIds: config.DEDUPE_MAX_IDS,
  maxQueueSize: config.MAX_QUEUE_SIZE,
  consumerPoolSize: config.CONSUMER_POOL_SIZE,
  publishTimeoutMs: config.PUBLISH_TIMEOUT * 1000,
});

const createBroker = (config: Config, workerId: string, logger: Logger): Broker => {
  const limits = limitsOf(config);
  if (config.REDIS_URL !== undefined) return createRedisBroker({ url: config.REDIS_URL, workerId, limits, logger });
  logger.warn(
    { event: 'cluster_of_one' },
    'No REDIS_URL: everything is kept in memory, this worker is a cluster of one',
  );
  return createMemoryCluster({ limits }).broker(workerId);
};

/** Tasks outlive workers: without Redis there are none, but a wrong setting of them is told. @throws ModulesUnusable */
const createTaskQueue = async (config: Config, broker: Broker, logger: Logger): Promise<TaskQueue | undefined> => {
  const definitions = await loadTasks(config.TASKS);
  if (config.REDIS_URL === undefined) return undefined;
  return new BullmqQueue({
    url: config.REDIS_URL,
    definitions,
    log: broker.log,
    // As task workers keep what they tell.
    keepSeconds: config.SESSION_TTL,
    mostWaiting: config.MAX_TASKS_WAITING,
    warn: (error) => logger.warn({ event: 'tasks_queue_failed', error }, 'The queue of tasks failed'),
  });
};

const createShipper = ({ LOKI_URL, LOKI_BUFFER_BYTES, SERVICE_NAME, COLOR, WORKER }: Config): LogShipper | undefined =>
  LOKI_URL === undefined
    ? undefined
    : new LogShipper({
        url: LOKI_URL,
        push: pushTo(LOKI_URL),
        pushBeforeExit: (bodies, withinMs) => pushBeforeExit(LOKI_URL, bodies, withinMs),
        labels: { service: SERVICE_NAME, color: COLOR, worker: WORKER },
        bufferBytes: LOKI_BUFFER_BYTES,
      });

/** SIGTERM and SIGINT drain and exit with 0; a second one exits at once. A crash exits with 1, for the supervisor. */
const handleSignals = (app: App, logger: Logger, shipper: LogShipper | undefined): void => {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) {
      logger.warn({ event: 'shutdown_forced', signal }, 'Second signal: exiting at once');
      process.exit(1);
    }
    stopping = true;
    logger.info({ event: 'shutdown_started', signal, connections: app.connections.size }, 'Shutting down');
    const exit = async (code: number): Promise<void> => {
      await shipper?.close(LAST_LINES_MS);
      process.exit(code);
    };
    app.stop().then(
      () => {
        logger.info({ event: 'shutdown_finished' }, 'Bye');
        return exit(0);
      },
      (error: unknown) => {
        logger.fatal({ event: 'shutdown_failed', error }, 'Shutdown failed');
        return exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
};

const run = async (): Promise<void> => {
  const config = readConfig();
  const shipper = createShipper(config);
  const logger = createLogger({
    shipper,
    level: config.LOG_LEVEL,
    service: config.SERVICE_NAME,
    color: config.COLOR,
    worker: config.WORKER,
    release: config.RELEASE,
  });
  for (const unknown of readUnknown()) {
    logger.warn({ event: 'setting_unknown', setting: unknown.name, nearest: unknown.nearest }, unknownWords(unknown));
  }
  const handlers = await loadHandlers(config.HANDLERS);
  const crash = (error: unknown): void => {
    const application = culprit();
    if (application !== undefined) {
      application.lost(error);
      return;
    }
    logger.fatal({ event: 'crash', error }, 'Uncaught error: exiting');
    shipper?.closeAtOnce(LAST_LINES_MS);
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  const workerId = `${config.COLOR}-${config.WORKER}-${randomBytes(6).toString('hex')}`;
  if (handlers.types.size > 0) {
    logger.info({ event: 'handlers_registered', types: [...handlers.types] }, 'Handlers of the application are ready');
  }
  const broker = createBroker(config, workerId, logger);
  const queue = await createTaskQueue(config, broker, logger);
  const app = await createApp({
    config,
    identity: {
      color: config.COLOR,
      worker: config.WORKER,
      release: config.RELEASE,
      workerId,
      startedAt: new Date().toISOString(),
    },
    broker,
    logger,
    handlers,
    logs: shipper,
    tasks: queue,
    pages: fileURLToPath(new URL('../dashboard', import.meta.url)),
  });
  handleSignals(app, logger, shipper);
  const port = await app.start();
  logger.info(
    { event: 'worker_started', host: config.HOST, port, startup_ms: Math.round(process.uptime() * 1000) },
    `WebSocket worker listens on ${config.HOST}:${port}`,
  );
};

/** What stops a start and is told in words. */
const TOLD = [ConfigError, ModulesUnusable, ListenFailed, TransportUnavailable] as const;

run().catch((error: unknown) => {
  const isTold = TOLD.some((kind) => error instanceof kind);
  const words = error instanceof Error ? ((isTold ? undefined : error.stack) ?? error.message) : String(error);
  process.stderr.write(`switchyard worker: ${words}\n`);
  process.exit(1);
});
