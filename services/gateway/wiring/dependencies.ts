import type { TaskQueue } from '../../task-queue/task-queue.js';
import type { Broker } from '../broker/broker.js';
import type { WorkerIdentity } from '../cluster/identity.js';
import type { Config } from '../config/settings.js';
import type { Handlers } from '../handlers/handlers.js';
import type { Logger } from '../observability/logger.js';

/** What a worker is given. */
export type AppDependencies = Readonly<{
  config: Config;
  identity: WorkerIdentity;
  broker: Broker;
  logger: Logger;
  /** Folder of what browsers get: the built pages, and the client library. */
  pages: string;
  /** Of the application; default: it has none. */
  handlers?: Handlers;
  /** Undefined: there is no queue of tasks. */
  tasks?: TaskQueue | undefined;
  /** Lines on their way to Loki; undefined: they are not shipped. */
  logs?: ShippedLogs | undefined;
  /** After the last goodbye, so that close frames leave the kernel before the process does, ms. */
  lingerMs?: number;
}>;

/** What a worker needs of whatever ships its log lines. */
export interface ShippedLogs {
  /** Lines that wait, and those given up since the start. */
  counts(): Readonly<{ buffered: number; dropped: number }>;
  /** Sends what waits, and gives up what is left after `withinMs`. Once more later for the lines since. */
  close(withinMs: number): Promise<void>;
}
