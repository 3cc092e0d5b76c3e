import { Latencies } from '../load/latencies.js';
import type { Phase } from './watch.js';

export type Figures = Readonly<{
  /** Loki was there, away, back and given what had waited, and there as before. */
  before: Phase;
  away: Phase;
  catchUp: Phase;
  after: Phase;
  /** From Loki's answer to new lines of every worker in it; undefined: they never came. */
  backSeconds: number | undefined;
  /** Lines of the workers: on their standard output, in Loki, and dropped by their own count. */
  written: number;
  inLoki: number;
  dropped: number;
  /** Events about Loki, of all workers. */
  told: readonly string[];
}>;

const WORKERS = 2;
const P99_RATIO = 1.2;
/** What is faster counts as so fast: a ratio of less says nothing. */
const LEAST_P99_MS = 1;
/** Of the seconds of a phase; the others are left out because the load's own process was late in them. */
const CALM_SHARE = 0.8;
/** The buffer of each worker is full in the first third; after it memory may only breathe. */
const FLAT_MB = 8 * WORKERS;
const BACK_SECONDS = 10;

/** The figures in words, and which are over their limits. */
export const judge = (figures: Figures): Readonly<{ lines: readonly string[]; failures: readonly string[] }> => {
  const { before, away, catchUp, after, backSeconds, written, inLoki, dropped, told } = figures;
  const phases = { before, away, 'catch-up': catchUp, after };
  const there = new Latencies();
  for (const { latencies } of [before, after]) there.addAll(latencies);
  const base = there.percentile(0.99);
  const late = { away, 'catching up': catchUp };
  const third = Math.floor(away.memory.length / 3);
  const [middle, last] = [median(away.memory.slice(third, 2 * third)), median(away.memory.slice(2 * third))];
  const unaccounted = written - inLoki - dropped;
  const checks: readonly (readonly [boolean, string])[] = [
    ...Object.entries(phases).map(([name, { seconds, calmSeconds }]) => {
      const isCalm = calmSeconds >= seconds * CALM_SHARE;
      return [isCalm, `the machine was calm enough to measure, ${name}: ${CALM_SHARE * 100}% of its seconds`] as const;
    }),
    ...Object.entries(late).map(([name, { latencies }]) => {
      const isInTime = latencies.percentile(0.99) <= Math.max(base, LEAST_P99_MS) * P99_RATIO;
      return [isInTime, `delivery p99 within ${P99_RATIO} times, ${name}`] as const;
    }),
    [last <= middle + FLAT_MB, `memory of the workers flat (within ${FLAT_MB} MB)`],
    [dropped > 0, 'lines were dropped, and counted'],
    [unaccounted === 0, 'every line is in Loki or counted as dropped'],
    [backSeconds !== undefined && backSeconds <= BACK_SECONDS, `lines flow again within ${BACK_SECONDS} s`],
    [told.length === 2 * WORKERS, `each worker tells twice of Loki: ${told.join(', ')}`],
  ];
  return {
    lines: [
      `delivery     Loki there: p50 ${ms(there.percentile(0.5))}, p99 ${ms(base)} of ${there.count}`,
      ...Object.entries(late).map(([name, { latencies }]) => {
        const [p50, p99] = [latencies.percentile(0.5), latencies.percentile(0.99)];
        const ratio = (p99 / Math.max(base, LEAST_P99_MS)).toFixed(2);
        return `             ${name}: p50 ${ms(p50)}, p99 ${ms(p99)} of ${latencies.count}; ratio ${ratio}`;
      }),
      `calm seconds ${Object.entries(phases)
        .map(([name, { seconds, calmSeconds }]) => `${name} ${calmSeconds} of ${seconds}`)
        .join(', ')}: only these are judged`,
      `memory       ${median(before.memory).toFixed(0)} MB before, ${middle.toFixed(0)} MB in the middle of the outage, ` +
        `${last.toFixed(0)} MB in its last third (both workers)`,
      `lines        ${written} written, ${inLoki} in Loki, ${dropped} dropped, ${unaccounted} unaccounted for`,
      `back         ${backSeconds === undefined ? 'never' : `${backSeconds.toFixed(1)} s after Loki answered`}`,
    ],
    failures: checks.flatMap(([holds, what]) => (holds ? [] : [`not so: ${what}`])),
  };
};

const ms = (value: number): string => `${value.toFixed(2)} ms`;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
