import { FAULT_NAMES, type Count, type Fault, type Time } from '../../loadtest/runner/measures.js';
import { median, medianRatio } from '../macro/statistics.js';
import type { Loaded } from './measure.js';

/** Both servers, one after the other. */
export type Round = Readonly<{ bare: Loaded; ours: Loaded }>;
type Row = Readonly<{ unit: string; of(loaded: Loaded): number; hasRatio: boolean }>;

const counted = (name: Fault | Count): Row => ({
  unit: '',
  of: ({ outcome }) => outcome.counts[name] ?? 0,
  hasRatio: false,
});
const timed = (name: Time, share: 'p50' | 'p95' | 'p99'): Row => ({
  unit: 'ms',
  of: ({ outcome }) => outcome.times[name]?.[share] ?? Number.NaN,
  hasRatio: true,
});

export const ROWS = {
  'connections opened': counted('connections_opened'),
  'connections failed': counted('connections_failed'),
  'publishes acked': counted('messages_published'),
  delivered: counted('messages_delivered'),
  'p50 of acks': timed('ack_ms', 'p50'),
  'p95 of acks': timed('ack_ms', 'p95'),
  'p50 of deliveries': timed('delivery_ms', 'p50'),
  'p95 of deliveries': timed('delivery_ms', 'p95'),
  'p95 until welcomed': timed('welcome_ms', 'p95'),
  'CPU of the workers': { unit: 's', of: ({ serverCpu }) => serverCpu, hasRatio: true },
} as const satisfies Readonly<Record<string, Row>>;
export type RowName = keyof typeof ROWS;
const ROW_NAMES = Object.keys(ROWS).filter((name): name is RowName => name in ROWS);

/** What a user may wait at most, of what it is with bare workers. */
const MOST = 1.25;
const BOUNDED: readonly RowName[] = ['p95 of acks', 'p95 of deliveries'];
export type Compared = Readonly<{ row: RowName; bare: number; ours: number; ratio: number | undefined }>;

/** Each figure is the median of the rounds, each ratio that of the rounds' ratios. */
export const judge = (
  rounds: readonly Round[],
): Readonly<{ rows: readonly Compared[]; failures: readonly string[] }> => {
  const rows = ROW_NAMES.map((row): Compared => {
    const { of, hasRatio } = ROWS[row];
    const [bare, ours] = [rounds.map((round) => of(round.bare)), rounds.map((round) => of(round.ours))];
    return { row, bare: median(bare), ours: median(ours), ratio: hasRatio ? medianRatio(ours, bare) : undefined };
  });
  const slow = rows
    .filter(({ row, ratio = 0 }) => BOUNDED.includes(row) && !(ratio <= MOST))
    .map(({ row, ratio = Number.NaN }) => `${row}: ${ratio.toFixed(2)} × uws-json, and ${MOST} × is the target`);
  // A bare worker promises nothing of this.
  const broken = FAULT_NAMES.flatMap((name) => {
    const happened = rounds.reduce((sum, { ours }) => sum + (ours.outcome.counts[name] ?? 0), 0);
    return happened === 0 ? [] : [`${name}: ${happened}`];
  });
  return { rows, failures: [...broken, ...slow] };
};
