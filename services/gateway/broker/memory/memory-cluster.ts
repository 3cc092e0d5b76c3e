import type { Broker, BrokerLimits } from '../broker.js';
import { DEFAULT_LIMITS } from '../broker.js';
import { MemoryBroker } from './memory-broker.js';
import { MemoryStore } from './store.js';

export type MemoryClusterOptions = Readonly<{
  limits?: Partial<BrokerLimits>;
  /** The clock of the store, ms since 1970. */
  now?: () => number;
}>;

/**
 * A store that the brokers of one process share: all there is in a cluster of one, and in tests the twin of Redis,
 * with faults to order. Each fault is for one worker, or for all of them when none is named.
 */
export interface MemoryCluster {
  /** The broker of one worker; each worker asks once. */
  broker(workerId: string): Broker;
  /** The store goes and comes back, whole, empty, or without its last publications; connections break and stand again. */
  restart(options: Readonly<{ keep: 'all' | 'none' | Readonly<{ loseLast: number }> }>): void;
  /** Nothing answers: BrokerUnavailable, and nothing is heard. */
  disconnect(workerId?: string): void;
  /** It answers again; `resumed()` is called. */
  reconnect(workerId?: string): void;
  /** The next publications that a worker should hear do not arrive, and nobody tells it. */
  dropPublications(workerId: string, publications: number): void;
  /** A worker hears nothing any more; publishing and reading work. */
  breakSubscription(workerId: string): void;
  /** It hears again; `resumed()` is called. */
  restoreSubscription(workerId: string): void;
}

export const createMemoryCluster = ({ limits, now = Date.now }: MemoryClusterOptions = {}): MemoryCluster => {
  const store = new MemoryStore({ ...DEFAULT_LIMITS, ...limits }, now);
  const brokers = new Map<string, MemoryBroker>();
  const each = (workerId: string | undefined, order: (broker: MemoryBroker) => void): void => {
    for (const [id, broker] of brokers) if (workerId === undefined || workerId === id) order(broker);
  };
  const disconnect = (workerId?: string): void => each(workerId, (broker) => broker.setAway(true));
  const reconnect = (workerId?: string): void => each(workerId, (broker) => broker.setAway(false));

  return {
    broker(workerId) {
      const broker = new MemoryBroker({
        store,
        workerId,
        fanOut: (channel, publication) => each(undefined, (listening) => listening.hear(channel, publication)),
        tell: (other, message) => brokers.get(other)?.beTold(message),
        tellClient: (clientId, message) =>
          [...brokers.values()].filter((other) => other.clientTold(clientId, message)).length,
        presenceChanged: (channel, change) => each(undefined, (other) => other.presenceChanged(channel, change)),
        stopped: () => brokers.delete(workerId),
      });
      brokers.set(workerId, broker);
      return broker;
    },
    restart({ keep }) {
      disconnect();
      store.restart(keep);
      reconnect();
    },
    disconnect,
    reconnect,
    dropPublications: (workerId, publications) => each(workerId, (broker) => broker.drop(publications)),
    breakSubscription: (workerId) => each(workerId, (broker) => broker.setDeaf(true)),
    restoreSubscription: (workerId) => each(workerId, (broker) => broker.setDeaf(false)),
  };
};
