import type { Position } from '../../../protocol/frames.js';
import type { ChannelName, ClientId } from '../../../protocol/ids.js';
import { parseChannelName, parseClientId, parseConnectionId, parseEpoch, parseOffset } from '../../../protocol/ids.js';
import type { BrokerLimits } from '../broker.js';
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
import { publisherKey, sessionChannelsKey, sessionKeptKey, sessionKey, withdrawnKey } from './keys.js';
import type { Publisher } from './publisher.js';
import { listOf, numberOf, textOf, UnexpectedReply } from './reply.js';

const placeText = ({ epoch, offset }: Position): string => `${offset}:${epoch}`;

const placeOf = (text: string): Position | undefined => {
  const colon = text.indexOf(':');
  const offset = colon < 1 ? undefined : parseOffset(Number(text.slice(0, colon)));
  const epoch = parseEpoch(text.slice(colon + 1));
  return offset === undefined || epoch === undefined ? undefined : { epoch, offset };
};

const ownerOf = (connection: string, workerId: string): SessionOwner | undefined => {
  const connectionId = parseConnectionId(connection);
  return connectionId === undefined ? undefined : { connectionId, workerId };
};

const channelsOf = (names: readonly unknown[]): readonly ChannelName[] =>
  names.map((name) => parseChannelName(name)).filter((name) => name !== undefined);

/** Behind the offset of what a program subscribed. */
const BY_PROGRAM = 'p';

const keptText = ({ since, byProgram }: KeptSubscription): string => `${since}${byProgram ? BY_PROGRAM : ''}`;

/** Of a hash as a list: name, value, name, value … */
const keptOf = (entries: readonly unknown[]): ReadonlyMap<ChannelName, KeptSubscription> => {
  const kept = new Map<ChannelName, KeptSubscription>();
  for (let at = 0; at + 1 < entries.length; at += 2) {
    const channel = parseChannelName(entries[at]);
    const text = textOf(entries[at + 1]);
    const byProgram = text.endsWith(BY_PROGRAM);
    const since = parseOffset(Number(byProgram ? text.slice(0, -1) : text));
    if (channel !== undefined && since !== undefined) kept.set(channel, { since, byProgram });
  }
  return kept;
};

const chargeArguments = ({ mark, debtMs, chargedMs }: AllowanceCharge) => [mark, debtMs, chargedMs] as const;

/** Sessions in Redis: one hash each, the set of their channels, and their counts beside each channel's log. */
export class RedisSessions implements SessionStore {
  readonly #publisher: Publisher;
  readonly #ttl: number;

  constructor(publisher: Publisher, limits: BrokerLimits) {
    this.#publisher = publisher;
    this.#ttl = limits.sessionTtlSeconds;
  }

  async create(
    ref: string,
    clientId: ClientId,
    owner: SessionOwner,
    place?: Position,
    subject?: ClientId,
  ): Promise<void> {
    const at = place === undefined ? '' : placeText(place);
    const args = [clientId, owner.connectionId, owner.workerId, this.#ttl, at, subject ?? ''];
    await this.#publisher.runAtOnce('sessionCreate', [sessionKey(ref), sessionChannelsKey(ref)], args);
  }

  async resume(ref: string, owner: SessionOwner, subject?: ClientId): Promise<StoredSession | undefined> {
    const keys = [sessionKey(ref), sessionChannelsKey(ref), sessionKeptKey(ref)];
    const args = [owner.connectionId, owner.workerId, this.#ttl, subject ?? ''];
    const reply = await this.#publisher.run('sessionResume', keys, args);
    if (reply === null) return undefined;
    const [client, place, connection, worker, mark, debt, sends, folded, names, kept] = listOf(reply);
    const clientId = parseClientId(client);
    if (clientId === undefined) throw new UnexpectedReply('a session without a client id');
    return {
      clientId,
      place: placeOf(textOf(place)),
      ...(await this.#counts(ref, channelsOf(listOf(names)))),
      folded: numberOf(folded),
      sends: numberOf(sends),
      kept: keptOf(listOf(kept)),
      previousOwner: ownerOf(textOf(connection), textOf(worker)),
      spent: { mark: textOf(mark), debtMs: numberOf(debt) },
    };
  }

  async joinChannel(ref: string, channel: ChannelName): Promise<number> {
    const key = sessionChannelsKey(ref);
    const [folded] = await this.#publisher.use((client) =>
      Promise.all([
        client.hget(publisherKey(channel, ref), 'f'),
        client.sadd(key, channel),
        client.expire(key, this.#ttl),
      ]),
    );
    return numberOf(folded ?? 0);
  }

  /** Both are sent in one write: a worker that is killed does neither or both. */
  async foldChannel(ref: string, { channel, accepted, countedBefore }: ChannelCount): Promise<void> {
    const keys = [sessionKey(ref), sessionChannelsKey(ref)];
    await Promise.all([
      this.#publisher.run('sessionFold', keys, [channel, accepted - countedBefore]),
      this.#publisher.run('publisherFold', [publisherKey(channel, ref)], [accepted]),
    ]);
  }

  async keepSubscription(ref: string, channel: ChannelName, kept: KeptSubscription): Promise<void> {
    const keys = [sessionKey(ref), sessionKeptKey(ref)];
    await this.#publisher.run('sessionKeep', keys, [channel, keptText(kept), this.#ttl, MAX_KEPT]);
  }

  async dropSubscription(ref: string, channel: ChannelName): Promise<void> {
    await this.#publisher.use((client) => client.hdel(sessionKeptKey(ref), channel));
  }

  async grant(clientId: ClientId, channel: ChannelName, stands: boolean): Promise<void> {
    const key = withdrawnKey(clientId, channel);
    // No session that could find it lives longer.
    await this.#publisher.use<unknown>((client) => (stands ? client.del(key) : client.set(key, '', 'EX', this.#ttl)));
  }

  async areGranted(clientId: ClientId, channels: readonly ChannelName[]): Promise<readonly boolean[]> {
    const keys = channels.map((channel) => withdrawnKey(clientId, channel));
    const found = await this.#publisher.use((client) => client.mget(keys));
    return found.map((withdrawn) => withdrawn === null);
  }

  async countSend(ref: string): Promise<number | undefined> {
    const reply = await this.#publisher.run('sessionCount', [sessionKey(ref)], [this.#ttl]);
    return reply === null ? undefined : numberOf(reply);
  }

  async savePlaces(places: readonly SessionPlace[]): Promise<void> {
    await Promise.all(
      places.map(({ ref, connectionId, place }) =>
        this.#publisher.run('sessionPlace', [sessionKey(ref)], [connectionId, placeText(place)]),
      ),
    );
  }

  async release(ref: string, connectionId: string, charge?: AllowanceCharge): Promise<void> {
    const args = [connectionId, ...(charge === undefined ? [] : chargeArguments(charge))];
    await this.#publisher.run('sessionRelease', [sessionKey(ref)], args);
  }

  async charge(ref: string, charge: AllowanceCharge): Promise<SpentAllowance | undefined> {
    const reply = await this.#publisher.run('sessionCharge', [sessionKey(ref)], chargeArguments(charge));
    if (reply === null) return undefined;
    const [mark, debt] = listOf(reply);
    return { mark: textOf(mark), debtMs: numberOf(debt) };
  }

  async touch(refs: readonly string[]): Promise<void> {
    await Promise.all(refs.map((ref) => this.#touch(ref)));
  }

  async #touch(ref: string): Promise<void> {
    const key = sessionChannelsKey(ref);
    const [names] = await this.#publisher.use((client) =>
      Promise.all([
        client.smembers(key),
        ...[key, sessionKey(ref), sessionKeptKey(ref)].map((held) => client.expire(held, this.#ttl)),
      ]),
    );
    await this.#counts(ref, channelsOf(names));
  }

  /** Reads what was accepted in each channel, and keeps those counts alive with the session. */
  async #counts(
    ref: string,
    channels: readonly ChannelName[],
  ): Promise<Pick<StoredSession, 'counts' | 'countedBefore'>> {
    const counts = new Map<ChannelName, number>();
    const countedBefore = new Map<ChannelName, number>();
    await this.#publisher.use((client) =>
      Promise.all(
        channels.map(async (channel) => {
          const key = publisherKey(channel, ref);
          const [[count, folded]] = await Promise.all([client.hmget(key, 'n', 'f'), client.expire(key, this.#ttl)]);
          counts.set(channel, numberOf(count ?? 0));
          if (folded !== undefined && folded !== null) countedBefore.set(channel, numberOf(folded));
        }),
      ),
    );
    return { counts, countedBefore };
  }
}
