import {
  MOMENTS,
  momentNames,
  SHARES,
  shareNames,
  type Moment,
  type Part,
  type Reading,
  type Share,
} from './figures.js';
import type { Limits, Thresholds } from './thresholds.js';

const LOOKS_KEPT = 10;
/** The share of a limit at which a move is slowed down, before it must pause. */
const STRAIN = 0.5;

/**
 * How the colors bear a move: well, and with how much room (1: the machine is idle, 0: it has enough to do); with enough
 * to do; strained, half-way to trouble or on a busy machine; or in trouble, in words.
 */
export type Bearing = Readonly<
  { kind: 'well'; room: number } | { kind: 'enough' | 'strained' } | { kind: 'trouble'; why: string }
>;

/** `before`: the readings of the last look. */
export const bearingOf = (
  readings: readonly Reading[],
  before: readonly Reading[],
  { pause, host_busy: host, least_failures: least }: Thresholds,
): Bearing => {
  for (const reading of readings) {
    for (const name of momentNames) {
      if (isOver(reading, name, pause)) return { kind: 'trouble', why: momentWords(reading, name, pause) };
    }
    const earlier = before.find(({ source }) => source === reading.source);
    const why = firstShareWords(earlier === undefined ? reading : since(reading, earlier), pause, least);
    if (why !== undefined) return { kind: 'trouble', why };
  }
  const busy = Math.max(0, ...readings.map(({ hostBusy = 0 }) => hostBusy));
  const isLate = readings.some((reading) => momentNames.some((name) => isOver(reading, name, pause, STRAIN)));
  if (isLate || busy > host.too_much) return { kind: 'strained' };
  return busy > host.enough ? { kind: 'enough' } : { kind: 'well', room: 1 - busy / host.enough };
};

/** Decides by all looks of a bake together whether the new color may stay. */
export class BakeJudge {
  readonly #thresholds: Thresholds;
  /** By source and figure: of the last looks, whether each was over. */
  readonly #over = new Map<string, boolean[]>();

  constructor(thresholds: Thresholds) {
    this.#thresholds = thresholds;
  }

  /** Takes one more look. Why the deploy must be taken back, with the figure and its limit; undefined: nothing is wrong. */
  look(readings: readonly Reading[]): string | undefined {
    const { bake, least_failures: least, looks_over: looks } = this.#thresholds;
    for (const reading of readings) {
      const missed = this.#note(`${reading.source} figures`, reading.isMissing === true);
      if (missed >= looks) return `no figures from ${reading.source} in ${missed} of the last ${LOOKS_KEPT} looks`;
      for (const name of momentNames) {
        const over = this.#note(`${reading.source} ${name}`, isOver(reading, name, bake));
        if (over >= looks) return `${momentWords(reading, name, bake)}, in ${over} of the last ${LOOKS_KEPT} looks`;
      }
      const words = firstShareWords(reading, bake, least);
      if (words !== undefined) return words;
    }
    return undefined;
  }

  #note(key: string, over: boolean): number {
    const looks = [...(this.#over.get(key) ?? []), over].slice(-LOOKS_KEPT);
    this.#over.set(key, looks);
    return looks.filter(Boolean).length;
  }
}

/** The figures of one look that are over a limit of the bake, in words. */
export const overIn = (
  reading: Reading,
  { bake, least_failures: least }: Thresholds,
): ReadonlyMap<Moment | Share, string> => {
  const over = new Map<Moment | Share, string>();
  for (const name of momentNames) if (isOver(reading, name, bake)) over.set(name, momentWords(reading, name, bake));
  for (const name of shareNames) {
    const words = shareWords(reading, name, bake, least);
    if (words !== undefined) over.set(name, words);
  }
  return over;
};

const since = (reading: Reading, earlier: Reading): Reading => {
  const shares: Reading['shares'] = Object.fromEntries(
    shareNames.flatMap((name): [string, Part][] => {
      const now = reading.shares[name];
      const then = earlier.shares[name];
      if (now === undefined) return [];
      return [[name, { failed: now.failed - (then?.failed ?? 0), of: now.of - (then?.of ?? 0) }]];
    }),
  );
  return { ...reading, shares };
};

const isOver = ({ moments }: Reading, name: Moment, limits: Limits, share = 1): boolean =>
  (moments[name] ?? 0) > (limits[name] ?? Infinity) * share;

const momentWords = ({ source, moments }: Reading, name: Moment, limits: Limits): string =>
  `${MOMENTS[name]} on ${source}: ${Math.round(moments[name] ?? 0)} ms, more than ${limits[name] ?? 0} ms`;

const shareWords = ({ source, shares }: Reading, name: Share, limits: Limits, least: number): string | undefined => {
  const part = shares[name];
  const limit = limits[name];
  if (part === undefined || limit === undefined || part.failed < least || part.failed <= limit * part.of)
    return undefined;
  return `${SHARES[name]} on ${source}: ${part.failed} of ${part.of}, more than ${percent(limit)}`;
};

const firstShareWords = (reading: Reading, limits: Limits, least: number): string | undefined =>
  shareNames.map((name) => shareWords(reading, name, limits, least)).find((words) => words !== undefined);

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;
