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
/** What each channel with traffic brought a second. */
type Rates = ReadonlyMap<ChannelName, Readonly<Traffic>>;

/** A rate is an average over so long. */
export const BUSIEST_WINDOW_MS = 5_000;
/**
 * It counts as far as it lasts: the lowest of so many windows in a row. What clients had queued while they were away comes
 * all at once, in two windows at most, and is no rate: what a client misses in a move is counted in tens of seconds.
 */
export const LASTING_WINDOWS = 3;
/** What is remembered: five minutes. */
const WINDOWS = 60;
const NOTHING: BusiestChannel = { name: null, per_second: 0, bytes_per_second: 0 };

/** The busiest channel of a worker over the last minutes, which tells how much of a log clients may need. */
export class Busiest {
  #peaks: readonly BusiestChannel[] = [];
  /** Of the newest windows, as many as the next one is measured by. */
  #before: readonly Rates[] = [];
  #since: number;

  constructor(nowMs: number) {
    this.#since = nowMs;
  }

  /** Ends the window that is open and begins another. */
  turn(channels: readonly Measured[], nowMs: number): void {
    const windows = [...this.#before, ratesOf(channels, nowMs - this.#since)];
    this.#peaks = [...this.#peaks, busiestOf(windows)].slice(-WINDOWS);
    this.#before = windows.slice(1 - LASTING_WINDOWS);
    this.#since = nowMs;
    for (const { traffic } of channels) {
      traffic.publications = 0;
      traffic.characters = 0;
    }
  }

  /** The open window counts as one of full length, so that its first second is not taken for a rate. */
  peak(channels: readonly Measured[]): BusiestChannel {
    const open = busiestOf([...this.#before, ratesOf(channels, BUSIEST_WINDOW_MS)]);
    return [...this.#peaks, open].reduce(busier, NOTHING);
  }
}

const ratesOf = (channels: readonly Measured[], windowMs: number): Rates => {
  const perSecond = (count: number): number => (count * 1000) / windowMs;
  return new Map(
    channels
      .filter(({ traffic }) => traffic.publications > 0)
      .map(({ channel, traffic: { publications, characters } }) => [
        channel,
        { publications: perSecond(publications), characters: perSecond(characters) },
      ]),
  );
};

/** By what lasted through all of these windows. */
const busiestOf = (windows: readonly Rates[]): BusiestChannel => {
  if (windows.length < LASTING_WINDOWS) return NOTHING;
  const channels = Array.from(windows.at(-1)?.keys() ?? []);
  return channels.reduce<BusiestChannel>((most, channel) => {
    const lowest = (of: (rates: Readonly<Traffic>) => number): number =>
      Math.min(...windows.map((rates) => of(rates.get(channel) ?? { publications: 0, characters: 0 })));
    const publications = lowest((rates) => rates.publications);
    if (publications === 0) return most;
    return busier(most, {
      name: channel,
      per_second: publications,
      bytes_per_second: lowest((rates) => rates.characters),
    });
  }, NOTHING);
};

const busier = (one: BusiestChannel, other: BusiestChannel): BusiestChannel => ({
  ...(other.per_second > one.per_second ? other : one),
  bytes_per_second: Math.max(one.bytes_per_second, other.bytes_per_second),
});
