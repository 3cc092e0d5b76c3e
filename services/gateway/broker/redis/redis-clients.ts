import type { ClientId } from '../../../protocol/ids.js';
import type { ClientDirectory } from '../client-directory.js';
import { clientTopic } from './keys.js';
import type { Publisher } from './publisher.js';
import type { Subscriptions } from './subscriptions.js';

/** Clients by pub/sub: Redis itself says how many workers it told. */
export class RedisClients implements ClientDirectory {
  readonly #publisher: Publisher;
  readonly #subscriptions: Subscriptions;

  constructor(publisher: Publisher, subscriptions: Subscriptions) {
    this.#publisher = publisher;
    this.#subscriptions = subscriptions;
  }

  attend(clientId: ClientId): Promise<void> {
    return this.#subscriptions.attend(clientTopic(clientId));
  }

  unattend(clientId: ClientId): void {
    this.#subscriptions.unattend(clientTopic(clientId));
  }

  tell(clientId: ClientId, message: string): Promise<number> {
    return this.#publisher.use((client) => client.publish(clientTopic(clientId), message));
  }
}
