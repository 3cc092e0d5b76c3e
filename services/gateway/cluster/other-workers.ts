import { BrokerUnavailable } from '../broker/channel-log.js';
import type { StatisticsReader } from './statistics-reader.js';
import type { WorkerMessages } from './worker-messages.js';

/** The workers of the cluster that are not this one. */
export class OtherWorkers {
  readonly #messages: WorkerMessages;
  readonly #statistics: StatisticsReader;
  readonly #workerId: string;

  constructor(messages: WorkerMessages, statistics: StatisticsReader, workerId: string) {
    this.#messages = messages;
    this.#statistics = statistics;
    this.#workerId = workerId;
  }

  /** Another worker told it this way. One listener a verb. */
  on(verb: string, listener: (text: string) => void): void {
    this.#messages.on(verb, listener);
  }

  /** Tells each of them. While Redis is away nobody can be told. */
  async tell(verb: string, text: string): Promise<void> {
    try {
      const { workers } = await this.#statistics.read();
      for (const { workerId } of workers) if (workerId !== this.#workerId) this.#messages.tell(workerId, verb, text);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }
}
