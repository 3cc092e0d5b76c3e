import { parseConnectionId, type ConnectionId } from '../../protocol/ids.js';
import type { SessionOwner } from '../broker/session-store.js';
import type { WorkerMessages } from '../cluster/worker-messages.js';

const VERB = 'replace';

/**
 * One session, one connection: the worker of the newer one tells the worker of the older one [close-4409]. A message
 * that is lost leaves an older connection open, which the next resume tells again.
 */
export class Replacements {
  readonly #messages: WorkerMessages;
  readonly #workerId: string;
  readonly #close: (connection: ConnectionId) => void;

  constructor(messages: WorkerMessages, workerId: string, close: (connection: ConnectionId) => void) {
    this.#messages = messages;
    this.#workerId = workerId;
    this.#close = close;
    messages.on(VERB, (text) => {
      const connectionId = parseConnectionId(text);
      if (connectionId !== undefined) close(connectionId);
    });
  }

  replace({ workerId, connectionId }: SessionOwner): void {
    if (workerId === this.#workerId) this.#close(connectionId);
    else this.#messages.tell(workerId, VERB, connectionId);
  }
}
