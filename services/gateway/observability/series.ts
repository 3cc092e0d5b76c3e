import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { MetricSnapshot } from './metrics.js';

/** Histograms name each value's own series (`…_bucket`, `…_sum`, `…_count`); prom-client's types leave that out. */
type Value = MetricValue<string> & { metricName?: string };
type Metric = MetricObjectWithValues<Value>;

/**
 * A series as one string: `name|{"label":"value"}`. Flat names are what the cluster directory sums in Redis; the
 * same key on two workers is the same series.
 */
const seriesKey = (name: string, labels: object): string =>
  `${name}|${JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))))}`;

const isAdditive = (metric: Metric): boolean =>
  String(metric.type) === 'counter' || String(metric.type) === 'histogram';

/**
 * Sums of seconds are rounded down to parts of 2^-16: so each addition, by whoever and in whatever order, is exact, and no
 * sum over workers is less by a rounding when one ends, which Prometheus would take for a restart. 15 µs at most are
 * missing, of all that a worker has counted.
 */
const exact = (total: number): number => Math.floor(total * 65_536) / 65_536;

export const flatten = (metrics: readonly Metric[]): MetricSnapshot => {
  const totals: Record<string, number> = {};
  const gauges: Record<string, number> = {};
  for (const metric of metrics) {
    const additive = isAdditive(metric);
    for (const { labels, metricName, value } of metric.values) {
      if (!Number.isFinite(value)) continue;
      const key = seriesKey(metricName ?? metric.name, labels);
      if (additive) totals[key] = exact(value);
      else gauges[key] = value;
    }
  }
  return { totals, gauges };
};

/** Back to what prom-client aggregates. Series whose metric this build does not know are left out. */
export const unflatten = (snapshot: MetricSnapshot, known: readonly Metric[]): Metric[] => {
  const owner = new Map<string, Metric>();
  const rebuilt = known.map((metric) => ({ ...metric, values: [] as Value[] }));
  for (const metric of rebuilt) {
    for (const suffix of ['', '_bucket', '_sum', '_count']) owner.set(metric.name + suffix, metric);
  }
  for (const [key, value] of [...Object.entries(snapshot.totals), ...Object.entries(snapshot.gauges)]) {
    const series = readSeries(key);
    if (series === undefined) continue;
    const { name, labels } = series;
    owner.get(name)?.values.push({ value, labels, metricName: name });
  }
  return rebuilt.filter((metric) => metric.values.length > 0);
};

/** Undefined: not a key of ours. */
export const readSeries = (key: string): Readonly<{ name: string; labels: Labels }> | undefined => {
  const split = key.indexOf('|');
  const labels = readLabels(key.slice(split + 1));
  return labels === undefined ? undefined : { name: key.slice(0, split), labels };
};

type Labels = Record<string, string | number>;

const readLabels = (text: string): Labels | undefined => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const labels: Labels = {};
    for (const [name, value] of Object.entries(parsed)) {
      if (typeof value === 'string' || typeof value === 'number') labels[name] = value;
    }
    return labels;
  } catch {
    return undefined;
  }
};
