import type { Position } from '../../../protocol/frames.js';
import type { ChannelName, ClientId, ConnectionId } from '../../../protocol/ids.js';
import {
  MAX_KEPT,
  type AllowanceCharge,
  type ChannelCount,
  type KeptSubscription,
  type SessionOwner,
  type SessionPlace,
  type SessionStore,
  type SpentAllowance,
  type StoredSession,
} from '../session-store.js';
import type { MemorySession, MemoryStore } from './store.js';

/** Sessions in memory. `reach` throws when the store is out of this worker's reach. */
export class MemorySessions implements SessionStore {
  readonly #reach: () => Promise<MemoryStore>;

  constructor(reach: () => Promise<MemoryStore>) {
    this.#reach = reach;
  }

  async create(
    ref: string,
    clientId: ClientId,
    owner: SessionOwner,
    place?: Position,
    subject?: ClientId,
  ): Promise<void> {
    const store = await this.#reach();
    const kept = {
      clientId,
      subject,
      channels: new Set<ChannelName>(),
      kept: new Map<ChannelName, KeptSubscription>(),
      owner,
      place,
      sends: 0,
      folded: 0,
    };
    store.sessions.set(ref, { ...kept, expiresMs: expiry(store), spentMs: 0 });
  }

  async resume(ref: string, owner: SessionOwner, subject?: ClientId): Promise<StoredSession | undefined> {
    const store = await this.#reach();
    const session = find(store, ref);
    if (session === undefined || session.subject !== subject) return undefined;
    const { clientId, place, owner: previousOwner } = session;
    session.owner = owner;
    const counted = touch(store, ref, session);
    const { sends, folded } = session;
    const kept = new Map(session.kept);
    const spent = spentOf(session, store.now());
    return { clientId, place, ...counted, folded, sends, kept, previousOwner, spent };
  }

  async joinChannel(ref: string, channel: ChannelName): Promise<number> {
    const store = await this.#reach();
    find(store, ref)?.channels.add(channel);
    return store.publisher(channel, ref)?.folded ?? 0;
  }

  async foldChannel(ref: string, { channel, accepted, countedBefore }: ChannelCount): Promise<void> {
    const store = await this.#reach();
    const session = find(store, ref);
    const record = store.publisher(channel, ref);
    if (session?.channels.delete(channel) === true) session.folded += accepted - countedBefore;
    if (record !== undefined) record.folded = accepted;
  }

  async keepSubscription(ref: string, channel: ChannelName, kept: KeptSubscription): Promise<void> {
    const all = find(await this.#reach(), ref)?.kept;
    if (all !== undefined && (all.has(channel) || all.size < MAX_KEPT)) all.set(channel, kept);
  }

  async dropSubscription(ref: string, channel: ChannelName): Promise<void> {
    find(await this.#reach(), ref)?.kept.delete(channel);
  }

  async grant(clientId: ClientId, channel: ChannelName, stands: boolean): Promise<void> {
    const store = await this.#reach();
    if (stands) store.withdrawn.delete(`${clientId} ${channel}`);
    else store.withdrawn.set(`${clientId} ${channel}`, expiry(store));
  }

  async areGranted(clientId: ClientId, channels: readonly ChannelName[]): Promise<readonly boolean[]> {
    const { withdrawn, now } = await this.#reach();
    return channels.map((channel) => (withdrawn.get(`${clientId} ${channel}`) ?? 0) <= now());
  }

  async countSend(ref: string): Promise<number | undefined> {
    const store = await this.#reach();
    const session = find(store, ref);
    if (session === undefined) return undefined;
    session.expiresMs = expiry(store);
    session.sends += 1;
    return session.sends;
  }

  async savePlaces(places: readonly SessionPlace[]): Promise<void> {
    const store = await this.#reach();
    for (const { ref, connectionId, place } of places) {
      const session = find(store, ref);
      if (session?.owner?.connectionId === connectionId) session.place = place;
    }
  }

  async release(ref: string, connectionId: ConnectionId, charge?: AllowanceCharge): Promise<void> {
    const store = await this.#reach();
    const session = find(store, ref);
    if (session?.owner?.connectionId === connectionId) session.owner = undefined;
    if (session !== undefined && charge !== undefined) take(session, charge, store.now());
  }

  async charge(ref: string, charge: AllowanceCharge): Promise<SpentAllowance | undefined> {
    const store = await this.#reach();
    const session = find(store, ref);
    if (session === undefined) return undefined;
    take(session, charge, store.now());
    return spentOf(session, store.now());
  }

  async touch(refs: readonly string[]): Promise<void> {
    const store = await this.#reach();
    for (const ref of refs) {
      const session = find(store, ref);
      if (session !== undefined) touch(store, ref, session);
    }
  }
}

const markOf = ({ spentMs }: MemorySession): string => (spentMs === 0 ? '' : spentMs.toFixed(3));

const spentOf = (session: MemorySession, nowMs: number): SpentAllowance => ({
  mark: markOf(session),
  debtMs: Math.max(0, session.spentMs - nowMs),
});

const take = (session: MemorySession, { mark, debtMs, chargedMs }: AllowanceCharge, nowMs: number): void => {
  session.spentMs = mark === markOf(session) ? nowMs + debtMs : Math.max(session.spentMs, nowMs) + chargedMs;
};

const expiry = ({ now, limits }: MemoryStore): number => now() + limits.sessionTtlSeconds * 1_000;

const find = (store: MemoryStore, ref: string): MemorySession | undefined => {
  const session = store.sessions.get(ref);
  return session !== undefined && store.now() < session.expiresMs ? session : undefined;
};

/** Keeps a session and its counts alive, and returns the counts. */
const touch = (
  store: MemoryStore,
  ref: string,
  session: MemorySession,
): Pick<StoredSession, 'counts' | 'countedBefore'> => {
  session.expiresMs = expiry(store);
  const counts = new Map<ChannelName, number>();
  const countedBefore = new Map<ChannelName, number>();
  for (const channel of session.channels) {
    const record = store.publisher(channel, ref);
    record?.touch(store.now());
    counts.set(channel, record?.count ?? 0);
    if (record !== undefined && record.folded > 0) countedBefore.set(channel, record.folded);
  }
  return { counts, countedBefore };
};
