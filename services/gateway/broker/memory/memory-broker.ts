import type { Position } from '../../../protocol/frames.js';
import type { ChannelName, ClientId } from '../../../protocol/ids.js';
import type { Broker, BrokerHealth, BrokerListener, QueueLevel } from '../broker.js';
import { BrokerOverloaded, BrokerUnavailable } from '../channel-log.js';
import type { Accepted, ChannelLog, LoggedPublication, LogQuery, LogSlice, PublishRequest } from '../channel-log.js';
import type { ClusterDirectory, ClusterView, WorkerLease } from '../cluster-directory.js';
import { MemoryAddresses } from './memory-addresses.js';
import { MemoryClients } from './memory-clients.js';
import { MemoryPresence } from './memory-presence.js';
import { MemoryJournal } from './memory-journal.js';
import { MemoryRevocations } from './memory-revocations.js';
import { MemorySamples } from './memory-samples.js';
import { MemorySessions } from './memory-sessions.js';
import type { PresenceChange } from '../presence-store.js';
import type { MemoryStore } from './store.js';

export type MemoryBrokerOptions = Readonly<{
  store: MemoryStore;
  workerId: string;
  /** Sends a publication to every broker that listens. */
  fanOut(channel: ChannelName, publication: LoggedPublication): void;
  /** Sends a message to one worker, if it is there. */
  tell(workerId: string, message: string): void;
  /** Tells every worker that attends to a client, and says how many they are. */
  tellClient(clientId: ClientId, message: string): number;
  /** Tells every worker that watches the channel. */
  presenceChanged(channel: ChannelName, change: PresenceChange): void;
  stopped(): void;
}>;

/** One worker's broker on a store in memory, with the faults that a test may order. */
export class MemoryBroker implements Broker, ChannelLog, ClusterDirectory {
  readonly log: ChannelLog = this;
  readonly cluster: ClusterDirectory = this;
  readonly sessions: MemorySessions;
  readonly samples: MemorySamples;
  readonly addresses: MemoryAddresses;
  readonly clients: MemoryClients;
  readonly presence: MemoryPresence;
  readonly revocations: MemoryRevocations;
  readonly journal: MemoryJournal;
  readonly #options: MemoryBrokerOptions;
  readonly #channels = new Set<ChannelName>();
  #listener: BrokerListener | undefined;
  #isStopped = false;
  #isAway = false;
  #isDeaf = false;
  #toDrop = 0;
  #queued = 0;

  constructor(options: MemoryBrokerOptions) {
    this.#options = options;
    this.sessions = new MemorySessions(() => this.#reach());
    this.samples = new MemorySamples(() => this.#reach());
    this.addresses = new MemoryAddresses(() => this.#reach());
    this.presence = new MemoryPresence(() => this.#reach(), options.workerId, options.presenceChanged);
    this.clients = new MemoryClients(() => this.#reach(), options.tellClient);
    this.revocations = new MemoryRevocations(() => this.#reach());
    this.journal = new MemoryJournal(() => this.#reach());
  }

  start(listener: BrokerListener): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#options.stopped();
    return Promise.resolve();
  }

  health(): BrokerHealth {
    const redis = this.#isAway || this.#isStopped ? 'the store is away' : undefined;
    return { redis, subscribed: this.#isDeaf ? 'the subscription is broken' : redis };
  }

  queue(): QueueLevel {
    return { size: this.#queued, capacity: this.#options.store.limits.maxQueueSize };
  }

  async publish(request: PublishRequest): Promise<Accepted> {
    if (this.#queued >= this.#options.store.limits.maxQueueSize) throw new BrokerOverloaded('too many publishes wait');
    this.#queued += 1;
    try {
      return await this.#publish(request);
    } finally {
      this.#queued -= 1;
    }
  }

  async #publish(request: PublishRequest): Promise<Accepted> {
    const store = await this.#reach();
    const { accepted, published } = store.channel(request.channel).publish(request, store.now());
    if (published !== undefined) {
      store.published(request.channel);
      this.#options.fanOut(request.channel, published);
    }
    return accepted;
  }

  async read(query: LogQuery): Promise<LogSlice> {
    return (await this.#reach()).channel(query.channel).read(query);
  }

  async tops(channels: readonly ChannelName[]): Promise<readonly Position[]> {
    const store = await this.#reach();
    return channels.map((channel) => store.channel(channel).top);
  }

  async listen(channel: ChannelName): Promise<void> {
    await this.#reach();
    if (this.#isDeaf) throw new BrokerUnavailable('the subscription is broken');
    this.#channels.add(channel);
  }

  unlisten(channel: ChannelName): void {
    this.#channels.delete(channel);
  }

  async renew(lease: WorkerLease): Promise<number> {
    return (await this.#reach()).leases.renew(lease);
  }

  async release(lease: WorkerLease): Promise<void> {
    (await this.#reach()).leases.release(lease);
  }

  async view(): Promise<ClusterView> {
    return (await this.#reach()).leases.view();
  }

  async tell(workerId: string, message: string): Promise<void> {
    await this.#reach();
    this.#options.tell(workerId, message);
  }

  /** Another broker published, or this one. */
  hear(channel: ChannelName, publication: LoggedPublication): void {
    if (!this.#hears || !this.#channels.has(channel)) return;
    if (this.#toDrop > 0) {
      this.#toDrop -= 1;
      return;
    }
    queueMicrotask(() => {
      if (this.#channels.has(channel)) this.#listener?.publication(channel, publication);
    });
  }

  beTold(message: string): void {
    if (this.#hears) queueMicrotask(() => this.#listener?.told(message));
  }

  /** Whether it was told: it attends, and hears. */
  clientTold(clientId: ClientId, message: string): boolean {
    const isTold = this.#hears && this.clients.has(clientId);
    if (isTold) queueMicrotask(() => this.#listener?.clientTold(clientId, message));
    return isTold;
  }

  presenceChanged(channel: ChannelName, change: PresenceChange): void {
    if (!this.#hears || !this.presence.watches(channel)) return;
    queueMicrotask(() => this.#listener?.presenceChanged(channel, change));
  }

  drop(publications: number): void {
    this.#toDrop = publications;
  }

  setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#resumeWhenHearing();
  }

  setDeaf(isDeaf: boolean): void {
    if (isDeaf === this.#isDeaf) return;
    this.#isDeaf = isDeaf;
    this.#resumeWhenHearing();
  }

  get #hears(): boolean {
    return !this.#isStopped && !this.#isAway && !this.#isDeaf;
  }

  #resumeWhenHearing(): void {
    if (this.#hears) queueMicrotask(() => this.#listener?.resumed());
  }

  async #reach(): Promise<MemoryStore> {
    if (this.#isAway || this.#isStopped) throw new BrokerUnavailable('the store is away');
    return this.#options.store;
  }
}
