import { parseConnectionId, type ConnectionId } from '../../protocol/ids.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import type { ClusterDirectory } from '../broker/cluster-directory.js';
import type { SessionOwner } from '../broker/session-store.js';

const VERB = 'replace ';

/**
 * One session, one connection: the worker of the newer one tells the worker of the older one [close-4409]. A message
 * that is lost leaves an older connection open, which the next resume tells again.
 */
export class Replacements {
  readonly #directory: ClusterDirectory;
  readonly #workerId: string;
  readonly #close: (connection: ConnectionId) => void;

  constructor(directory: ClusterDirectory, workerId: string, close: (connection: ConnectionId) => void) {
    this.#directory = directory;
    this.#workerId = workerId;
    this.#close = close;
  }

  replace({ workerId, connectionId }: SessionOwner): void {
    if (workerId === this.#workerId) {
      this.#close(connectionId);
      return;
    }
    this.#directory.tell(workerId, `${VERB}${connectionId}`).catch((error: unknown) => {
      if (!(error instanceof BrokerUnavailable)) throw error;
    });
  }

  /** Another worker told this one. */
  told(message: string): void {
    const connectionId = message.startsWith(VERB) ? parseConnectionId(message.slice(VERB.length)) : undefined;
    if (connectionId !== undefined) this.#close(connectionId);
  }
}
