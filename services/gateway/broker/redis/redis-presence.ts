import { parseChannelName, parseClientId, type ChannelName, type ClientId } from '../../../protocol/ids.js';
import { LEASE_TTL_MS } from '../cluster-directory.js';
import { GONE_AFTER_MS, type Member, type MemberPage, type PresenceStore } from '../presence-store.js';
import { EXPIRIES_KEY, presenceKeys, presenceTopic, PRESENT_KEY, workerChannelsKey } from './keys.js';
import type { Publisher } from './publisher.js';
import { listOf, numberOf, textOf, UnexpectedReply } from './reply.js';
import type { Subscriptions } from './subscriptions.js';

/** At the first page: behind no score. */
const FIRST = '-1';
const FIELDS = 3;
/** Clients that one script states, so that no script holds Redis up. */
const BATCH = 500;

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

  async state(channel: ChannelName, clients: ReadonlyMap<ClientId, number>, whole: boolean): Promise<void> {
    try {
      await this.#state(channel, clients, whole);
    } catch (error) {
      this.#known.delete(channel);
      throw error;
    }
  }

  async #state(channel: ChannelName, clients: ReadonlyMap<ClientId, number>, whole: boolean): Promise<void> {
    // What names the channel comes first: whoever forgets this worker must find it.
    const naming = whole || !this.#known.has(channel) ? this.#name(channel) : undefined;
    this.#known.add(channel);
    const pairs = [...clients].flat();
    const [last] = await Promise.all([
      whole || pairs.length <= 2 * BATCH ? this.#stated(channel, pairs, whole) : this.#inBatches(channel, pairs),
      naming,
    ]);
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
    const args = [after, limit, this.#workerId, ...live];
    const [count, ...rows] = listOf(await this.#publisher.run('presencePage', presenceKeys(channel), args));
    const found: (Member & Readonly<{ place: string }>)[] = [];
    for (let at = 0; at < rows.length; at += FIELDS) {
      const clientId = parseClientId(rows[at]);
      if (clientId === undefined) throw new UnexpectedReply('a member that is no client');
      const place = textOf(rows[at + 1]);
      const joinedMs = Math.floor(numberOf(place) / 1_000);
      found.push({ clientId, place, joinedMs, connections: numberOf(rows[at + 2]) });
    }
    const members = found.slice(0, limit);
    return {
      members: members.map(({ place: _place, ...member }) => member),
      count: numberOf(count),
      next: found.length > limit ? members.at(-1)?.place : undefined,
    };
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
      await Promise.all(
        channels.map((channel) => this.#publisher.run('presenceForget', presenceKeys(channel), [workerId])),
      );
      await this.#publisher.use((client) =>
        Promise.all([client.del(workerChannelsKey(workerId)), client.srem(PRESENT_KEY, workerId)]),
      );
    }
  }

  async #inBatches(channel: ChannelName, pairs: readonly (ClientId | number)[]): Promise<unknown> {
    const replies: Promise<unknown>[] = [];
    for (let at = 0; at < pairs.length; at += 2 * BATCH) {
      replies.push(this.#stated(channel, pairs.slice(at, at + 2 * BATCH), false));
    }
    return (await Promise.all(replies)).at(-1);
  }

  #stated(channel: ChannelName, pairs: readonly (ClientId | number)[], whole: boolean): Promise<unknown> {
    return this.#publisher.run('presenceState', presenceKeys(channel), [this.#workerId, whole ? 1 : 0, ...pairs]);
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
