import { BrokerUnavailable } from '../broker/channel-log.js';
import type { ClusterDirectory } from '../broker/cluster-directory.js';

/** What workers tell one another, by verb. A message to a worker that is gone, or while Redis is away, is lost. */
export class WorkerMessages {
  readonly #directory: ClusterDirectory;
  readonly #listeners = new Map<string, (text: string) => void>();

  constructor(directory: ClusterDirectory) {
    this.#directory = directory;
  }

  /** One listener a verb; a verb has no blanks. */
  on(verb: string, listener: (text: string) => void): void {
    this.#listeners.set(verb, listener);
  }

  tell(workerId: string, verb: string, text: string): void {
    this.#directory.tell(workerId, `${verb} ${text}`).catch((error: unknown) => {
      if (!(error instanceof BrokerUnavailable)) throw error;
    });
  }

  /** Another worker told this one. Verbs of other versions are passed over. */
  told(message: string): void {
    const split = message.indexOf(' ');
    this.#listeners.get(message.slice(0, split))?.(message.slice(split + 1));
  }
}
