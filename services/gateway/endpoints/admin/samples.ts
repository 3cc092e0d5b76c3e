import type { Sample } from '../../broker/cluster-samples.js';
import type { ClusterStatistics } from '../../cluster/statistics-reader.js';
import { colorsOf } from './figures.js';
import type { RateMeter } from './rates.js';

/** What the charts of the admin page show, by its name in samples and snapshots. */
export const CHART_SERIES = ['blue', 'green', 'received', 'sent', 'ack_p50_ms', 'ack_p99_ms'] as const;
export type ChartSeries = (typeof CHART_SERIES)[number];

/** In samples they stand beside what others keep there. */
const keptAs = (name: ChartSeries): string => `admin_${name}`;

/** What the charts need of a sample: connections of each color, and the rates since the sample before, by `meter`. */
export const chartSampler =
  (meter: RateMeter) =>
  (statistics: ClusterStatistics): Sample['values'] => {
    const colors = colorsOf(statistics.workers);
    const rates = meter.measure(statistics, Date.now());
    const values: Readonly<Record<ChartSeries, number | null>> = {
      blue: colors['blue']?.connections ?? 0,
      green: colors['green']?.connections ?? 0,
      received: rates.received,
      sent: rates.sent,
      ack_p50_ms: rates.ack_p50_ms,
      ack_p99_ms: rates.ack_p99_ms,
    };
    return Object.fromEntries(
      CHART_SERIES.flatMap((name) => {
        const value = values[name];
        return value === null ? [] : [[keptAs(name), value]];
      }),
    );
  };

export type ChartHistory = Readonly<{
  /** ms since 1970, oldest first. */
  times: readonly number[];
  series: Readonly<Record<ChartSeries, readonly (number | null)[]>>;
}>;

export const chartHistory = (samples: readonly Sample[]): ChartHistory => {
  const column = (name: ChartSeries): readonly (number | null)[] =>
    samples.map(({ values }) => values[keptAs(name)] ?? null);
  return {
    times: samples.map(({ timeMs }) => timeMs),
    series: {
      blue: column('blue'),
      green: column('green'),
      received: column('received'),
      sent: column('sent'),
      ack_p50_ms: column('ack_p50_ms'),
      ack_p99_ms: column('ack_p99_ms'),
    },
  };
};
