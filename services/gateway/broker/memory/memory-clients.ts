import type { ClientId } from '../../../protocol/ids.js';
import type { ClientDirectory } from '../client-directory.js';
import type { MemoryStore } from './store.js';

/** Clients that one worker attends to. `reach` throws when the store is out of this worker's reach. */
export class MemoryClients implements ClientDirectory {
  readonly #reach: () => Promise<MemoryStore>;
  readonly #tell: (clientId: ClientId, message: string) => number;
  readonly #attended = new Set<ClientId>();

  /** @param tell tells every worker that attends, and says how many they are */
  constructor(reach: () => Promise<MemoryStore>, tell: (clientId: ClientId, message: string) => number) {
    this.#reach = reach;
    this.#tell = tell;
  }

  has(clientId: ClientId): boolean {
    return this.#attended.has(clientId);
  }

  attend(clientId: ClientId): Promise<void> {
    this.#attended.add(clientId);
    return Promise.resolve();
  }

  unattend(clientId: ClientId): void {
    this.#attended.delete(clientId);
  }

  async tell(clientId: ClientId, message: string): Promise<number> {
    await this.#reach();
    return this.#tell(clientId, message);
  }
}
