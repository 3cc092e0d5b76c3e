import type { Position } from '../../../protocol/frames.js';
import type { ChannelName, ClientId } from '../../../protocol/ids.js';
import type { BrokerLimits } from '../broker.js';
import type { Sample } from '../cluster-samples.js';
import type { JournalEntry, JournalName } from '../journal.js';
import type { KeptSubscription, SessionOwner } from '../session-store.js';
import { Channel } from './channel.js';
import { MemoryLeases } from './leases.js';
import type { PresenceOfAll } from './memory-presence.js';
import type { PublisherRecord } from './publisher-record.js';

const SWEEP_EVERY_MS = 60_000;

export type MemorySession = {
  readonly clientId: ClientId;
  /** Of the token that opened it. */
  readonly subject: ClientId | undefined;
  readonly channels: Set<ChannelName>;
  readonly kept: Map<ChannelName, KeptSubscription>;
  owner: SessionOwner | undefined;
  place: Position | undefined;
  sends: number;
  folded: number;
  expiresMs: number;
  /** When all that was used of its allowance will have grown back, ms; 0: nothing was. */
  spentMs: number;
};

export type MemoryAddress = { spentMs: number; readonly passes: Map<string, number>; passesUntilMs: number };

/** What Redis would hold: survives every broker, and returns from a restart whole, older or empty. */
export class MemoryStore {
  readonly limits: BrokerLimits;
  readonly now: () => number;
  readonly sessions = new Map<string, MemorySession>();
  /** What programs ended, by client and channel: until when it is kept, ms. */
  readonly withdrawn = new Map<string, number>();
  readonly revocations = new Map<string, Readonly<{ untilMs: number; expiresMs: number }>>();
  readonly journals = new Map<JournalName, Readonly<{ entries: readonly JournalEntry[]; expiresMs: number }>>();
  leases: MemoryLeases;
  samples: readonly Sample[] = [];
  presence: PresenceOfAll = new Map();
  readonly #channels = new Map<ChannelName, Channel>();
  /** Channels in the order of their latest publications, so that the newest can be lost. */
  #order: ChannelName[] = [];
  readonly #addresses = new Map<string, MemoryAddress>();
  /** Stands for Redis's run_id. */
  #run = 1;
  #sweptMs: number;

  constructor(limits: BrokerLimits, now: () => number) {
    this.limits = limits;
    this.now = now;
    this.#sweptMs = now();
    this.leases = new MemoryLeases(now);
  }

  /** The channel as it stands in this life of the store; made when there is none. */
  channel(name: ChannelName): Channel {
    const nowMs = this.now();
    this.#sweep(nowMs);
    const kept = this.#channels.get(name);
    const channel = kept === undefined || kept.isExpired(nowMs) ? new Channel(this.limits, this.#run, nowMs) : kept;
    if (channel !== kept) {
      for (const [publisher, record] of kept?.publishers ?? []) channel.publishers.set(publisher, record);
      this.#channels.set(name, channel);
    }
    channel.use(this.#run, nowMs);
    return channel;
  }

  /** What was accepted from this publisher in this channel, if it is known. Does not use the channel itself. */
  publisher(name: ChannelName, publisher: string): PublisherRecord | undefined {
    const record = this.#channels.get(name)?.publishers.get(publisher);
    return record === undefined || record.isExpired(this.now()) ? undefined : record;
  }

  /** What an address has used, and its passes; made when there is nothing. */
  address(name: string): MemoryAddress {
    const nowMs = this.now();
    this.#sweep(nowMs);
    const kept = this.#addresses.get(name) ?? { spentMs: 0, passes: new Map<string, number>(), passesUntilMs: 0 };
    if (nowMs >= kept.passesUntilMs) kept.passes.clear();
    this.#addresses.set(name, kept);
    return kept;
  }

  published(name: ChannelName): void {
    this.#order.push(name);
    // A restart that loses more than this is not asked for.
    if (this.#order.length > 20_000) this.#order = this.#order.slice(-10_000);
  }

  restart(keep: 'all' | 'none' | Readonly<{ loseLast: number }>): void {
    this.#run += 1;
    if (keep === 'all') return;
    if (keep === 'none') {
      this.#channels.clear();
      this.sessions.clear();
      this.#addresses.clear();
      this.revocations.clear();
      this.journals.clear();
      this.leases = new MemoryLeases(this.now);
      this.samples = [];
      this.presence = new Map();
      return;
    }
    const kept = Math.max(0, this.#order.length - keep.loseLast);
    for (const name of this.#order.splice(kept)) this.#channels.get(name)?.forgetNewest();
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = nowMs;
    for (const [name, channel] of this.#channels) {
      for (const [publisher, record] of channel.publishers) {
        if (record.isExpired(nowMs)) channel.publishers.delete(publisher);
      }
      if (channel.isExpired(nowMs) && channel.publishers.size === 0) this.#channels.delete(name);
    }
    for (const [name, { spentMs, passesUntilMs }] of this.#addresses) {
      if (nowMs >= Math.max(spentMs, passesUntilMs)) this.#addresses.delete(name);
    }
    for (const [key, { expiresMs }] of this.revocations) if (nowMs >= expiresMs) this.revocations.delete(key);
    for (const [ref, session] of this.sessions) if (nowMs >= session.expiresMs) this.sessions.delete(ref);
  }
}
