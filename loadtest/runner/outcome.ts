import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { msOf, numeral, tableLines } from '../../services/ledger/table.js';
import {
  BOUNDED,
  COUNT_NAMES,
  FAULT_NAMES,
  FAULTS,
  TIME_NAMES,
  TIMES,
  type Count,
  type Fault,
  type Time,
} from './measures.js';

/** Each of them. */
export type Counts = Readonly<Partial<Record<Fault | Count, number>>>;
/** In ms, over the whole run. */
export type Spread = Readonly<{ p50: number; p95: number; p99: number; max: number }>;
export type Outcome = Readonly<{
  counts: Counts;
  times: Readonly<Partial<Record<Time, Spread>>>;
  /** What did not hold, each in words; none: the run passed. */
  failures: readonly string[];
}>;

const Summary = z.object({ metrics: z.record(z.string(), z.object({ values: z.record(z.string(), z.number()) })) });

/** What k6 wrote at its end. @throws {Error} when it is none */
export const readOutcome = (file: string, p95Ms: number): Outcome => {
  const { metrics } = Summary.parse(JSON.parse(readFileSync(file, 'utf8')));
  const counts: Counts = Object.fromEntries(
    [...FAULT_NAMES, ...COUNT_NAMES].map((name) => [name, metrics[name]?.values['count'] ?? 0]),
  );
  const times = Object.fromEntries(
    TIME_NAMES.flatMap((name): [Time, Spread][] => {
      const { med: p50, 'p(95)': p95, 'p(99)': p99, max } = metrics[name]?.values ?? {};
      if (p50 === undefined || p95 === undefined || p99 === undefined || max === undefined) return [];
      // One that has a threshold is there without a value too.
      if (max === 0) return [];
      return [[name, { p50, p95, p99, max }]];
    }),
  );
  return { counts, times, failures: failuresOf({ counts, times }, p95Ms) };
};

const failuresOf = ({ counts, times }: Omit<Outcome, 'failures'>, p95Ms: number): readonly string[] => {
  const happened = FAULT_NAMES.flatMap((name) => {
    const count = counts[name] ?? 0;
    return count > 0 ? [`${numeral(count)} ${FAULTS[name]} (${name})`] : [];
  });
  const slow = BOUNDED.flatMap((name) => {
    const p95 = times[name]?.p95;
    return p95 === undefined || p95 < p95Ms ? [] : [`p95 ${TIMES[name]}: ${msOf(p95)}, and P95=${p95Ms} is the bound`];
  });
  return [...(counts.connections_opened === 0 ? ['no connection was opened'] : []), ...happened, ...slow];
};

/** For a terminal. */
export const outcomeLines = ({ counts, times, failures }: Outcome): readonly string[] => {
  const of = (name: Fault | Count): string => numeral(counts[name] ?? 0);
  return [
    `  connections  ${of('connections_opened')} opened, ${of('connections_failed')} failed, ${of('connections_broken')} broken, ` +
      `${of('sessions_resumed')} sessions resumed, ${of('connections_moved')} moved by a deploy`,
    `  messages     ${of('messages_published')} acked and counted, ${of('messages_delivered')} delivered, ` +
      `${of('messages_lost')} lost, ${of('messages_twice')} twice`,
    '',
    ...tableLines(['', 'p50', 'p95', 'p99', 'max'], timeRows(times)).map((line) => `  ${line}`),
    '',
    ...(failures.length === 0 ? [`Passed: ${PASSED}`] : failures.map((failure) => `FAILED: ${failure}`)),
  ];
};

export const PASSED = 'no connection failed, and every message came once and in order.';

/** Those of each color only where there were two. */
export const timeRows = (times: Outcome['times']): readonly (readonly string[])[] => {
  const isDeployed = times.ack_blue_ms !== undefined && times.ack_green_ms !== undefined;
  return TIME_NAMES.flatMap((name) => {
    const spread = times[name];
    if (spread === undefined || (!isDeployed && (name === 'ack_blue_ms' || name === 'ack_green_ms'))) return [];
    return [[TIMES[name], msOf(spread.p50), msOf(spread.p95), msOf(spread.p99), msOf(spread.max)]];
  });
};
