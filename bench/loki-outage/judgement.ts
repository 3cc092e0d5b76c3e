import { Latencies } from '../load/latencies.js';
import type { Phase } from './watch.js';

export type Figures = Readonly<{
  /** Loki was there, away, and there again. */
  before: Phase;
  away: Phase;
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
/** Below that a ratio says nothing: the load's own timer is coarser. */
const P99_NOISE_MS = 1;
/** The buffer of each worker is full in the first third; after it memory may only breathe. */
const FLAT_MB = 8 * WORKERS;
const BACK_SECONDS = 10;

/** The figures in words, and which are over their limits. */
export const judge = (figures: Figures): Readonly<{ lines: readonly string[]; failures: readonly string[] }> => {
  const { before, away, after, backSeconds, written, inLoki, dropped, told } = figures;
  const there = new Latencies();
  for (const { latencies } of [before, after]) there.addAll(latencies);
  const [base, p99] = [there.percentile(0.99), away.latencies.percentile(0.99)];
  const third = Math.floor(away.memory.length / 3);
  const [middle, last] = [median(away.memory.slice(third, 2 * third)), median(away.memory.slice(2 * third))];
  const isCalm = [before, away, after].every(({ seconds, calmSeconds }) => calmSeconds * 3 >= seconds);
  const unaccounted = written - inLoki - dropped;
  const checks: readonly (readonly [boolean, string])[] = [
    [isCalm, 'the machine was calm enough to measure, in a third of each phase at least'],
    [p99 <= base * P99_RATIO || p99 <= base + P99_NOISE_MS, `delivery p99 within ${P99_RATIO} times`],
    [last <= middle + FLAT_MB, `memory of the workers flat (within ${FLAT_MB} MB)`],
    [dropped > 0, 'lines were dropped, and counted'],
    [unaccounted === 0, 'every line is in Loki or counted as dropped'],
    [backSeconds !== undefined && backSeconds <= BACK_SECONDS, `lines flow again within ${BACK_SECONDS} s`],
    [told.length === 2 * WORKERS, `each worker tells twice of Loki: ${told.join(', ')}`],
  ];
  return {
    lines: [
      `delivery     Loki there: p50 ${ms(there.percentile(0.5))}, p99 ${ms(base)} of ${there.count}; away: ` +
        `p50 ${ms(away.latencies.percentile(0.5))}, p99 ${ms(p99)} of ${away.latencies.count}; ratio ${(p99 / base).toFixed(2)}`,
      `calm seconds ${[before, away, after].map(({ seconds, calmSeconds }) => `${calmSeconds} of ${seconds}`).join(', ')} (before, away, after): only these are judged`,
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
