import type { ChannelName, ClientId } from '../../protocol/ids.js';
import type { AddressAllowances } from './address-allowances.js';
import type { ChannelListener, ChannelLog } from './channel-log.js';
import type { ClientDirectory } from './client-directory.js';
import type { ClusterDirectory } from './cluster-directory.js';
import type { ClusterSamples } from './cluster-samples.js';
import type { Journal } from './journal.js';
import type { PresenceChange, PresenceStore } from './presence-store.js';
import type { RevocationStore } from './revocation-store.js';
import type { SessionStore } from './session-store.js';

export interface BrokerListener extends ChannelListener {
  /** Another worker told this one something (`ClusterDirectory.tell`). */
  told(message: string): void;
  /**
   * A client was told something (`ClientDirectory.tell`). Also called for one that this worker attends to no more: who
   * told it has counted this worker.
   */
  clientTold(clientId: ClientId, message: string): void;
  /** Who comes and leaves in a channel that is watched (`PresenceStore.watch`). */
  presenceChanged(channel: ChannelName, change: PresenceChange): void;
}

/** Which part of the broker does not work, in words for `/readyz/`; undefined when all of it does. */
export type BrokerHealth = Readonly<{ redis: string | undefined; subscribed: string | undefined }>;

/** How full the queue of publishes is. */
export type QueueLevel = Readonly<{ size: number; capacity: number }>;

/**
 * Everything that outlives a worker. Two implementations, one contract suite (`contract.ts`): `redis/` for a
 * cluster, `memory/` for a cluster of one and for tests.
 */
export interface Broker {
  readonly log: ChannelLog;
  readonly sessions: SessionStore;
  readonly cluster: ClusterDirectory;
  readonly clients: ClientDirectory;
  readonly presence: PresenceStore;
  readonly samples: ClusterSamples;
  readonly addresses: AddressAllowances;
  readonly revocations: RevocationStore;
  readonly journal: Journal;
  /**
   * Connects, and goes on trying in the background when Redis is away: resolves when the first attempt has ended
   * either way. From here on the listener is called.
   */
  start(listener: BrokerListener): Promise<void>;
  health(): BrokerHealth;
  /** Publishes that wait for the store or its reply, and how many may. */
  queue(): QueueLevel;
  /** Waits for what is in flight (bounded), then disconnects. Idempotent. */
  stop(): Promise<void>;
}

/** Limits of what the broker keeps; defaults in `gateway/config/settings.ts`, documented in docs/OPERATIONS.md. */
export type BrokerLimits = Readonly<{
  historySize: number;
  historyTtlSeconds: number;
  historyMaxBytes: number;
  /** How long a channel's epoch, and a session, live after their last use, s. */
  sessionTtlSeconds: number;
  dedupeWindowSeconds: number;
  dedupeMaxIds: number;
  /** Publishes that may wait for Redis at a time; over it BrokerOverloaded. */
  maxQueueSize: number;
  /** Of one publisher so many are at Redis at a time; the others wait in the queue, in their order. */
  consumerPoolSize: number;
  /** How long a publish may wait for a reply, reconnects included, before BrokerUnavailable, ms. */
  publishTimeoutMs: number;
}>;

export const DEFAULT_LIMITS: BrokerLimits = {
  historySize: 1_000,
  historyTtlSeconds: 300,
  historyMaxBytes: 16 * 1024 * 1024,
  sessionTtlSeconds: 3_600,
  dedupeWindowSeconds: 300,
  dedupeMaxIds: 1_000,
  maxQueueSize: 10_000,
  consumerPoolSize: 4,
  publishTimeoutMs: 5_000,
};
