import type { ClientId } from '../../protocol/ids.js';

/**
 * Reaches a client by its name, on whatever workers it has connections: a worker attends to the clients that it serves.
 * What is told is kept nowhere. A worker that is killed attends to nobody as soon as its connection to Redis is gone.
 */
export interface ClientDirectory {
  /**
   * From when it resolves this worker hears what the client is told. While Redis is away it resolves at once, and
   * stands when Redis is back. Idempotent.
   */
  attend(clientId: ClientId): Promise<void>;
  /** Idempotent; never throws. */
  unattend(clientId: ClientId): void;
  /**
   * Tells all workers that attend, this one too, in the order in which it is asked to. Resolves with how many they are.
   * @throws BrokerUnavailable
   */
  tell(clientId: ClientId, message: string): Promise<number>;
}
