import type { ClientId } from '../../protocol/ids.js';
import type { ClientInfo, ClientInfos } from '../broker/presence-store.js';

/** What a worker has to state of a channel. */
export type Statement = Readonly<{ clients: ReadonlyMap<ClientId, number>; isWhole: boolean; infos: ClientInfos }>;

/** One channel as this worker has to state it. */
export class PresenceRoom {
  /** While it is being stated. */
  stating: Promise<void> | undefined;
  readonly #connections = new Map<ClientId, number>();
  /** Of clients that are here, that of the connection that came last with one. */
  readonly #infos = new Map<ClientId, ClientInfo>();
  readonly #changed = new Set<ClientId>();
  /** Of whom something else is to be said than before. */
  readonly #unsaid = new Set<ClientId>();
  #isWhole = false;

  get isEmpty(): boolean {
    return this.#connections.size === 0;
  }

  get isStated(): boolean {
    return !this.#isWhole && this.#changed.size === 0;
  }

  get hasInfos(): boolean {
    return this.#infos.size > 0;
  }

  join(clientId: ClientId, info: ClientInfo | undefined): void {
    this.#connections.set(clientId, (this.#connections.get(clientId) ?? 0) + 1);
    this.#changed.add(clientId);
    if (info !== undefined) this.describe(clientId, info);
  }

  leave(clientId: ClientId): void {
    const connections = (this.#connections.get(clientId) ?? 0) - 1;
    this.#changed.add(clientId);
    if (connections > 0) this.#connections.set(clientId, connections);
    else {
      this.#connections.delete(clientId);
      this.describe(clientId, undefined);
    }
  }

  /** False: that is what was said of it. */
  describe(clientId: ClientId, info: ClientInfo | undefined): boolean {
    if (this.#infos.get(clientId) === info) return false;
    if (info === undefined) this.#infos.delete(clientId);
    else this.#infos.set(clientId, info);
    this.#changed.add(clientId);
    this.#unsaid.add(clientId);
    return true;
  }

  /** It is not known what is stated: all of it is to be. */
  restate(): void {
    this.#isWhole = true;
  }

  /** What is to be stated; nothing is then. */
  take(): Statement {
    const isWhole = this.#isWhole;
    const names = isWhole ? this.#connections.keys() : this.#changed;
    const described = isWhole ? new Set([...this.#infos.keys(), ...this.#unsaid]) : this.#unsaid;
    const statement = {
      clients: new Map([...names].map((clientId) => [clientId, this.#connections.get(clientId) ?? 0])),
      isWhole,
      infos: new Map([...described].map((clientId) => [clientId, this.#infos.get(clientId)])),
    };
    this.#isWhole = false;
    this.#changed.clear();
    this.#unsaid.clear();
    return statement;
  }

  /** Nobody knows whether it was stated. */
  failed({ infos }: Statement): void {
    this.#isWhole = true;
    for (const clientId of infos.keys()) this.#unsaid.add(clientId);
  }
}
