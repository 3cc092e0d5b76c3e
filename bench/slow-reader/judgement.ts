import { tableLines } from '../../services/ledger/table.js';
import { Latencies } from '../load/latencies.js';
import type { Phase } from '../loki-outage/watch.js';
import type { Told } from './reader.js';

export type Figures = Readonly<{
  /** Without the slow reader, with it, without it again. */
  before: Phase;
  slow: Phase;
  after: Phase;
  /** What waited in the worker for clients at most, by its own count, MB. */
  waitedMb: number;
  /** On the slow connection, and on the one that it came back with. */
  told: Told;
  cameBack: Told;
}>;

const P99_RATIO = 1.5;
/** Below that a ratio says nothing: the load's own timer is coarser. */
const P99_NOISE_MS = 2;
/** The limit of a slow consumer is 0.25 MB, and is looked at ten times a second. */
const WAITING_MB = 2;
const MEMORY_MB = 20;
const SLOW_CONSUMER = 4413;

/** The figures in words, and which of them do not hold. */
export const judge = (figures: Figures): Readonly<{ lines: readonly string[]; failures: readonly string[] }> => {
  const { before, slow, after, waitedMb, told, cameBack } = figures;
  const without = new Latencies();
  for (const { latencies } of [before, after]) without.addAll(latencies);
  const [base, p99] = [without.percentile(0.99), slow.latencies.percentile(0.99)];
  const [atRest, grown] = [Math.max(...before.memory), Math.max(...slow.memory)];
  const wasTold = told.closeCode === SLOW_CONSUMER || told.recovered === false || cameBack.recovered === false;
  const isCalm = [before, slow, after].every(({ seconds, calmSeconds }) => calmSeconds * 3 >= seconds);
  const checks: readonly (readonly [boolean, string])[] = [
    [isCalm, 'the machine was calm enough to measure, in a third of each phase at least'],
    [p99 <= base * P99_RATIO || p99 <= base + P99_NOISE_MS, `the p99 of the others within ${P99_RATIO} times`],
    [waitedMb <= WAITING_MB, `at most ${WAITING_MB} MB wait in the worker`],
    [grown <= atRest + MEMORY_MB, `the worker's memory grows by at most ${MEMORY_MB} MB`],
    [wasTold, `the reader is told: closed with ${SLOW_CONSUMER}, or subscribed with recovered false`],
    [told.gaps === 0 && cameBack.gaps === 0, 'no message is left out without a word'],
    [cameBack.messages > 0, 'the reader, back again, is served'],
  ];
  return {
    lines: [
      ...tableLines(
        ['phase', 'calm seconds', 'deliveries', 'p50', 'p99', 'memory'],
        (['before', 'slow', 'after'] as const).map((name) => rowOf(name, figures[name])),
      ),
      `the others   p99 ${ms(base)} without, ${ms(p99)} with: ${(p99 / base).toFixed(2)} times`,
      `the worker   at most ${waitedMb.toFixed(2)} MB waited in it for clients`,
      `the reader   ${told.messages} messages, then ${told.closeCode === undefined ? 'not closed' : `closed with ${told.closeCode}`}; ` +
        `back again: recovered ${String(cameBack.recovered)}, ${cameBack.messages} messages in order`,
    ],
    failures: checks.flatMap(([holds, what]) => (holds ? [] : [`not so: ${what}`])),
  };
};

const rowOf = (name: string, { latencies, seconds, calmSeconds, memory }: Phase): readonly (string | number)[] => [
  name === 'slow' ? 'with a slow reader' : `without, ${name}`,
  `${calmSeconds} of ${seconds}`,
  latencies.count,
  ms(latencies.percentile(0.5)),
  ms(latencies.percentile(0.99)),
  `${Math.max(...memory).toFixed(0)} MB`,
];

const ms = (value: number): string => `${value.toFixed(2)} ms`;
