import { parseChannelName, parseClientId, type ChannelName, type ClientId } from '../../../protocol/ids.js';
import { LEASE_TTL_MS } from '../cluster-directory.js';
import {
  GONE_AFTER_MS,
  INFO_KEPT_MS,
  PAGE_INFO_BYTES,
  type ClientInfos,
  type Member,
  type MemberPage,
  type PresenceStore,
} from '../presence-store.js';
import {
  EXPIRIES_KEY,
  infosKey,
  presenceKeys,
  presenceTopic,
  PRESENT_KEY,
  statedKey,
  workerChannelsKey,
} from './keys.js';
import type { Publisher } from './publisher.js';
import { listOf, numberOf, textOf, UnexpectedReply } from './reply.js';
import type { Subscriptions } from './subscriptions.js';

/** At the first page: behind no score. */
const FIRST = '-1';
const FIELDS = 4;
/** Clients that one script states or forgets, so that no script holds Redis up. */
const BATCH = 500;
/** Of a client nothing new is said, or that there is nothing any more (`presence.lua`). */
const UNSAID = '';
const NONE = '-';

/** Client, connections, and what is said of it. */
type Said = readonly [string, number, string];

type Workers = Readonly<{ live: readonly string[]; gone: readonly string[] }>;

/** Who is in which channel, in Redis. */
export class RedisPresence implements PresenceStore {
  readonly #publisher: Publisher;
  readonly #subscriptions: Subscriptions;
  readonly #workerId: string;
  /** Channels of which Redis knows that this worker has some there. */
  readonly #known = new Set<ChannelName>();

  constructor(publisher: Publisher, subscriptions: Subscriptions, workerId: string) {
    this.#publisher = publisher;
    this.#subscriptions = subscriptions;
    this.#workerId = workerId;
  }

  async state(
    channel: ChannelName,
    clients: ReadonlyMap<ClientId, number>,
    whole: boolean,
    infos: ClientInfos = new Map(),
  ): Promise<void> {
    try {
      await this.#state(channel, clients, whole, infos);
    } catch (error) {
      this.#known.delete(channel);
      throw error;
    }
  }

  async #state(
    channel: ChannelName,
    clients: ReadonlyMap<ClientId, number>,
    whole: boolean,
    infos: ClientInfos,
  ): Promise<void> {
    // What names the channel comes first: whoever forgets this worker must find it.
    const naming = whole || !this.#known.has(channel) ? this.#name(channel) : undefined;
    this.#known.add(channel);
    const said = [...clients].map(
      ([clientId, connections]) =>
        [clientId, connections, infos.has(clientId) ? (infos.get(clientId) ?? NONE) : UNSAID] as const,
    );
    // Awaited together: one that fails while another is awaited alone would be heard by nobody.
    const stating = whole
      ? this.#othersOf(channel, clients).then((others) => this.#inBatches(channel, [...said, ...others]))
      : this.#inBatches(channel, said);
    const [last] = await Promise.all([stating, naming]);
    if (last === 1 || !this.#known.delete(channel)) return;
    await this.#publisher.use((client) => client.srem(workerChannelsKey(this.#workerId), channel));
  }

  async channels(): Promise<readonly ChannelName[]> {
    return this.#channelsOf(this.#workerId);
  }

  async page(
    channel: ChannelName,
    { limit, after = FIRST }: Readonly<{ limit: number; after: string | undefined }>,
  ): Promise<MemberPage> {
    const { live } = await this.#workers();
    const args = [after, limit, PAGE_INFO_BYTES, BATCH, this.#workerId, ...live];
    let reply: unknown = null;
    while (reply === null) reply = await this.#publisher.run('presencePage', presenceKeys(channel), args);
    const [count, more, ...rows] = listOf(reply);
    const members: Member[] = [];
    for (let at = 0; at < rows.length; at += FIELDS) members.push(memberOf(rows.slice(at, at + FIELDS)));
    return {
      members,
      count: numberOf(count),
      next: more === 1 ? textOf(rows[rows.length - FIELDS + 1]) : undefined,
    };
  }

  async keepInfos(channels: readonly ChannelName[]): Promise<void> {
    await this.#publisher.use((client) =>
      Promise.all(channels.map((channel) => client.pexpire(infosKey(channel), INFO_KEPT_MS))),
    );
  }

  watch(channel: ChannelName): Promise<void> {
    return this.#subscriptions.attend(presenceTopic(channel));
  }

  unwatch(channel: ChannelName): void {
    this.#subscriptions.unattend(presenceTopic(channel));
  }

  async forgetGone(): Promise<void> {
    const { gone } = await this.#workers();
    for (const workerId of gone) {
      if (workerId === this.#workerId) continue;
      const channels = await this.#channelsOf(workerId);
      for (const channel of channels) await this.#forget(channel, workerId);
      await this.#publisher.use((client) =>
        Promise.all([client.del(workerChannelsKey(workerId)), client.srem(PRESENT_KEY, workerId)]),
      );
    }
  }

  /** A batch at a time, so that others are served in between. */
  async #forget(channel: ChannelName, workerId: string): Promise<void> {
    let isDone: unknown = 0;
    while (isDone !== 1) {
      isDone = await this.#publisher.run('presenceForget', presenceKeys(channel), [workerId, BATCH]);
    }
  }

  /** What this worker has stated of clients that are not given, as none. */
  async #othersOf(channel: ChannelName, given: ReadonlyMap<ClientId, number>): Promise<readonly Said[]> {
    const names = await this.#publisher.use((client) => client.hkeys(statedKey(channel, this.#workerId)));
    return names.filter((name) => !isGiven(given, name)).map((name) => [name, 0, NONE]);
  }

  async #inBatches(channel: ChannelName, said: readonly Said[]): Promise<unknown> {
    const replies: Promise<unknown>[] = [];
    let at = 0;
    do {
      const args = [this.#workerId, ...said.slice(at, at + BATCH).flat()];
      replies.push(this.#publisher.run('presenceState', presenceKeys(channel), args));
      at += BATCH;
    } while (at < said.length);
    return (await Promise.all(replies)).at(-1);
  }

  async #name(channel: ChannelName): Promise<void> {
    await this.#publisher.use((client) =>
      Promise.all([client.sadd(PRESENT_KEY, this.#workerId), client.sadd(workerChannelsKey(this.#workerId), channel)]),
    );
  }

  async #channelsOf(workerId: string): Promise<readonly ChannelName[]> {
    const names = await this.#publisher.use((client) => client.smembers(workerChannelsKey(workerId)));
    return names.map((name) => parseChannelName(name)).filter((name) => name !== undefined);
  }

  async #workers(): Promise<Workers> {
    const reply = await this.#publisher.run(
      'presenceLive',
      [EXPIRIES_KEY, PRESENT_KEY],
      [LEASE_TTL_MS - GONE_AFTER_MS],
    );
    const [live, gone] = listOf(reply);
    return { live: listOf(live).map(textOf), gone: listOf(gone).map(textOf) };
  }
}

const memberOf = ([client, place, connections, info]: readonly unknown[]): Member => {
  const clientId = parseClientId(client);
  if (clientId === undefined) throw new UnexpectedReply('a member that is no client');
  const joinedMs = Math.floor(numberOf(place) / 1_000);
  return { clientId, joinedMs, connections: numberOf(connections), info: textOf(info) || undefined };
};

const isGiven = (given: ReadonlyMap<ClientId, number>, name: string): boolean => {
  const clientId = parseClientId(name);
  return clientId !== undefined && given.has(clientId);
};
