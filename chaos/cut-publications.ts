import type { Place, Publication } from '../services/ledger/events.js';
import { isAcked, type Acked } from '../services/ledger/lives.js';
import type { Account, ChannelRecord } from '../services/ledger/record.js';

/**
 * Acked publications that the log does not hold any more: a later life of it gave their offset to something else, or
 * said that it ends before them. That is Redis's own loss (docs/PROTOCOL.md, acked-2); who had seen more of the old life
 * than was kept must have been told, which the checker looks after.
 */
export const cutPublications = (
  publications: readonly Publication[],
  accounts: readonly Account[],
): ReadonlySet<Publication> =>
  new Set(
    byChannel(publications, accounts).flatMap(({ acked, lives }) =>
      acked.filter(({ outcome }) => isCut(outcome, lives)),
    ),
  );

/** Channels of which Redis lost anything that somebody had an ack of, or had heard. */
export const cutChannels = (
  publications: readonly Publication[],
  accounts: readonly Account[],
): ReadonlySet<ChannelRecord> =>
  new Set(
    byChannel(publications, accounts)
      .filter(({ channel: { places }, acked, lives }) => {
        const heard = places.offsets.map((offset, message) => ({ epoch: places.epochOf(message), offset }));
        return [...acked.map(({ outcome }) => outcome), ...heard].some((place) => isCut(place, lives));
      })
      .map(({ channel }) => channel),
  );

type OfChannel = Readonly<{ channel: ChannelRecord; acked: readonly Acked[]; lives: readonly Life[] }>;

const byChannel = (publications: readonly Publication[], accounts: readonly Account[]): readonly OfChannel[] =>
  [...new Set(accounts.map(({ channel }) => channel))].map((channel) => {
    const acked = publications.filter((publication) => publication.channel === channel.name).filter(isAcked);
    const own = accounts.filter((account) => account.channel === channel);
    return { channel, acked, lives: livesOf(channel, acked, own) };
  });

/** In the order in which anybody first heard of them; `begin` is the lowest offset that is known to be of this life. */
type Life = { readonly epoch: string; seenAtMs: number; begin: number };

const livesOf = (channel: ChannelRecord, acked: readonly Acked[], accounts: readonly Account[]): readonly Life[] => {
  const lives = new Map<string, Life>();
  const see = (epoch: string, offset: number, atMs: number): void => {
    const life = lives.get(epoch);
    if (life === undefined) lives.set(epoch, { epoch, seenAtMs: atMs, begin: offset });
    else {
      life.begin = Math.min(life.begin, offset);
      life.seenAtMs = Math.min(life.seenAtMs, atMs);
    }
  };
  const { places } = channel;
  for (const { epoch, seenAtMs } of places.heardOf) see(epoch, Infinity, seenAtMs);
  for (const [message, offset] of places.offsets.entries()) see(places.epochOf(message), offset, Infinity);
  for (const { outcome } of acked) see(outcome.epoch, outcome.offset, outcome.atMs);
  for (const { marks } of accounts) {
    for (const { kind, epoch, offset } of marks) if (kind === 'reset') see(epoch, offset + 1, Infinity);
  }
  return [...lives.values()].sort((a, b) => a.seenAtMs - b.seenAtMs);
};

const isCut = (place: Place, lives: readonly Life[]): boolean => {
  const own = lives.findIndex(({ epoch }) => epoch === place.epoch);
  return lives.slice(own + 1).some(({ begin }) => begin <= place.offset);
};
