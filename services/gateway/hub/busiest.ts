import type { ChannelName } from '../../protocol/ids.js';

/** What a channel has brought in the window that is open: two additions a message. */
export type Traffic = { publications: number; characters: number };

/** As `/control/status` shows it. */
export type BusiestChannel = Readonly<{
  /** The channel with the most publications; null when there were none. */
  name: ChannelName | null;
  /** Its publications a second. */
  per_second: number;
  /** The most that one channel brought a second, about: characters of its bodies. */
  bytes_per_second: number;
}>;

type Measured = Readonly<{ channel: ChannelName; traffic: Traffic }>;

/** Rates are averages over so long: a burst is no rate, and what a client misses in a move is counted in tens of seconds. */
export const BUSIEST_WINDOW_MS = 10_000;
/** Windows that are remembered: five minutes. */
const WINDOWS = 30;
const NOTHING: BusiestChannel = { name: null, per_second: 0, bytes_per_second: 0 };

/** The busiest channel of a worker over the last minutes, which tells how much of a log clients may need. */
export class Busiest {
  #windows: readonly BusiestChannel[] = [];
  #since: number;

  constructor(nowMs: number) {
    this.#since = nowMs;
  }

  /** Ends the window that is open and begins another. */
  turn(channels: readonly Measured[], nowMs: number): void {
    this.#windows = [...this.#windows, busiestOf(channels, nowMs - this.#since)].slice(-WINDOWS);
    this.#since = nowMs;
    for (const { traffic } of channels) {
      traffic.publications = 0;
      traffic.characters = 0;
    }
  }

  /** The open window counts as one of full length, so that its first second is not taken for a rate. */
  peak(channels: readonly Measured[]): BusiestChannel {
    return [...this.#windows, busiestOf(channels, BUSIEST_WINDOW_MS)].reduce(busier, NOTHING);
  }
}

const busiestOf = (channels: readonly Measured[], windowMs: number): BusiestChannel =>
  channels.reduce<BusiestChannel>((most, { channel, traffic: { publications, characters } }) => {
    const perSecond = (count: number): number => (count * 1000) / windowMs;
    return busier(most, {
      name: channel,
      per_second: perSecond(publications),
      bytes_per_second: perSecond(characters),
    });
  }, NOTHING);

const busier = (one: BusiestChannel, other: BusiestChannel): BusiestChannel => ({
  ...(other.per_second > one.per_second ? other : one),
  bytes_per_second: Math.max(one.bytes_per_second, other.bytes_per_second),
});
