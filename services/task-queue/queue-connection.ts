import { BrokerUnavailable } from '../gateway/broker/channel-log.js';
import { connect, isAway, PREFIX, QUEUE, warnSparingly } from './connection.js';
import type { Connected } from './stored-tasks.js';
import type { TaskJob } from './task.js';

/** To the queue in Redis; made when it is first asked. */
export class QueueConnection {
  readonly #url: string;
  readonly #warn: (error: Error) => void;
  #connecting: Promise<Connected> | undefined;

  constructor(url: string, warn: (error: Error) => void) {
    this.#url = url;
    this.#warn = warn;
  }

  /** @throws BrokerUnavailable while Redis is away */
  async ask<T>(work: (connected: Connected) => Promise<T>): Promise<T> {
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
    const client = connect(this.#url, 'task-queue', false);
    const queue = new Queue<TaskJob>(QUEUE, { connection: client, prefix: PREFIX, skipWaitingForReady: true });
    queue.on('error', warnSparingly(client, this.#warn));
    try {
      // BullMQ asks once whom it speaks with: a queue whom nobody answered then fails for good.
      await queue.waitUntilReady();
    } catch (error) {
      client.disconnect();
      throw error;
    }
    return { client, queue };
  }

  async stop(): Promise<void> {
    const connected = await this.#connecting?.catch(() => undefined);
    await connected?.queue.close();
    connected?.client.disconnect();
  }
}
