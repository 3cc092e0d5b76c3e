import type { ChannelName, ClientId } from '../../../protocol/ids.js';
import { LEASE_TTL_MS } from '../cluster-directory.js';
import {
  GONE_AFTER_MS,
  PAGE_INFO_BYTES,
  type ClientInfo,
  type ClientInfos,
  type MemberPage,
  type PresenceChange,
  type PresenceStore,
} from '../presence-store.js';
import type { MemoryStore } from './store.js';

/** Who is in one channel. */
class Present {
  readonly #changed: (change: PresenceChange) => void;
  readonly byWorker = new Map<string, Map<ClientId, number>>();
  /** In order of their coming, with its microsecond. */
  readonly here = new Map<ClientId, number>();
  readonly infos = new Map<ClientId, ClientInfo>();

  constructor(changed: (change: PresenceChange) => void) {
    this.#changed = changed;
  }

  state(workerId: string, clientId: ClientId, connections: number, nowUs: number, infos: ClientInfos): void {
    const own = this.byWorker.get(workerId) ?? new Map<ClientId, number>();
    this.byWorker.set(workerId, own);
    if (connections === 0) own.delete(clientId);
    else own.set(clientId, connections);
    if (own.size === 0) this.byWorker.delete(workerId);
    const timeMs = Math.floor(nowUs / 1_000);
    const info = infos.get(clientId);
    if (connections > 0 && infos.has(clientId)) this.#describe(clientId, info);
    if (this.total(clientId) === 0) {
      this.infos.delete(clientId);
      if (this.here.delete(clientId)) this.#changed({ change: 'leave', clientId, timeMs, info: undefined });
    } else if (!this.here.has(clientId)) {
      this.here.set(clientId, Math.max(nowUs, this.#newest() + 1));
      this.#changed({ change: 'join', clientId, timeMs, info });
    }
  }

  #describe(clientId: ClientId, info: ClientInfo | undefined): void {
    if (info === undefined) this.infos.delete(clientId);
    else this.infos.set(clientId, info);
  }

  total(clientId: ClientId): number {
    return [...this.byWorker.values()].reduce((sum, own) => sum + (own.get(clientId) ?? 0), 0);
  }

  forget(workerId: string, nowUs: number): void {
    for (const clientId of this.byWorker.get(workerId)?.keys() ?? []) {
      this.state(workerId, clientId, 0, nowUs, NOTHING_SAID);
    }
  }

  #newest(): number {
    return [...this.here.values()].at(-1) ?? 0;
  }
}

const NOTHING_SAID: ClientInfos = new Map();

/** What the stores of all workers share. */
export type PresenceOfAll = Map<ChannelName, Present>;

/** Who is in which channel, in memory: the same rules as `presence.lua`. `reach` throws when the store is away. */
export class MemoryPresence implements PresenceStore {
  readonly #reach: () => Promise<MemoryStore>;
  readonly #workerId: string;
  readonly #changed: (channel: ChannelName, change: PresenceChange) => void;
  readonly #watched = new Set<ChannelName>();

  /** @param changed tells every worker that watches */
  constructor(
    reach: () => Promise<MemoryStore>,
    workerId: string,
    changed: (channel: ChannelName, change: PresenceChange) => void,
  ) {
    this.#reach = reach;
    this.#workerId = workerId;
    this.#changed = changed;
  }

  watches(channel: ChannelName): boolean {
    return this.#watched.has(channel);
  }

  watch(channel: ChannelName): Promise<void> {
    this.#watched.add(channel);
    return Promise.resolve();
  }

  unwatch(channel: ChannelName): void {
    this.#watched.delete(channel);
  }

  async state(
    channel: ChannelName,
    clients: ReadonlyMap<ClientId, number>,
    whole: boolean,
    infos: ClientInfos = NOTHING_SAID,
  ): Promise<void> {
    const { presence, now } = await this.#reach();
    const present = presence.get(channel) ?? new Present((change) => this.#changed(channel, change));
    presence.set(channel, present);
    for (const [clientId, connections] of clients) {
      present.state(this.#workerId, clientId, connections, now() * 1_000, infos);
    }
    if (!whole) return;
    for (const clientId of present.byWorker.get(this.#workerId)?.keys() ?? []) {
      if (!clients.has(clientId)) present.state(this.#workerId, clientId, 0, now() * 1_000, NOTHING_SAID);
    }
  }

  async channels(): Promise<readonly ChannelName[]> {
    const { presence } = await this.#reach();
    return [...presence].filter(([, { byWorker }]) => byWorker.has(this.#workerId)).map(([channel]) => channel);
  }

  async page(
    channel: ChannelName,
    { limit, after = '-1' }: Readonly<{ limit: number; after: string | undefined }>,
  ): Promise<MemberPage> {
    await this.forgetGone();
    const present = (await this.#reach()).presence.get(channel);
    if (present === undefined) return { members: [], count: 0, next: undefined };
    const found = [...present.here].filter(([, us]) => us > Number(after)).slice(0, limit + 1);
    let bytes = 0;
    const shown = found.slice(0, limit).filter(([clientId], n) => {
      bytes += Buffer.byteLength(present.infos.get(clientId) ?? '');
      return n === 0 || bytes <= PAGE_INFO_BYTES;
    });
    return {
      members: shown.map(([clientId, us]) => ({
        clientId,
        connections: present.total(clientId),
        joinedMs: Math.floor(us / 1_000),
        info: present.infos.get(clientId),
      })),
      count: present.here.size,
      next: found.length > shown.length ? String(shown.at(-1)?.[1]) : undefined,
    };
  }

  /** Nothing that was said is left behind here. */
  async keepInfos(): Promise<void> {
    await this.#reach();
  }

  async forgetGone(): Promise<void> {
    const { presence, leases, now } = await this.#reach();
    const live = new Set([this.#workerId, ...leases.lasting(LEASE_TTL_MS - GONE_AFTER_MS)]);
    for (const present of presence.values()) {
      for (const workerId of present.byWorker.keys()) if (!live.has(workerId)) present.forget(workerId, now() * 1_000);
    }
  }
}
