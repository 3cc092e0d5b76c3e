import type { Exposition } from './exposition.js';

/** Upper bounds of a histogram's buckets, ascending, with how many observations lie at or below each. */
export type Buckets = readonly Readonly<{ bound: number; count: number }>[];

export type Percentiles = Readonly<{ p50: number; p95: number; p99: number }>;

/** Over all label sets; undefined: there is no such histogram. */
export const bucketsOf = (metrics: Exposition, name: string): Buckets | undefined => {
  const sums = metrics.by(`${name}_bucket`, 'le');
  if (sums.size === 0) return undefined;
  return Array.from(sums, ([bound, count]) => ({ bound: bound === '+Inf' ? Infinity : Number(bound), count })).sort(
    (a, b) => a.bound - b.bound,
  );
};

/** What was observed since `before`. A bucket that holds less than it did was begun anew: all of it is new. */
export const observedSince = (now: Buckets, before: Buckets | undefined): Buckets => {
  const counts = new Map(before?.map(({ bound, count }) => [bound, count]));
  const isAnew = now.some(({ bound, count }) => count < (counts.get(bound) ?? 0));
  return isAnew ? now : now.map(({ bound, count }) => ({ bound, count: count - (counts.get(bound) ?? 0) }));
};

/**
 * Interpolated within a bucket, as Prometheus does (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile):
 * what lies beyond the highest finite bound counts as that bound. Undefined: nothing was observed.
 * @param q 0 to 1
 */
export const quantileOf = (buckets: Buckets, q: number): number | undefined => {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const rank = q * total;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const { bound, count } = buckets[index] ?? { bound: Infinity, count: total };
  const { bound: lower, count: below } = buckets[index - 1] ?? { bound: 0, count: 0 };
  if (bound === Infinity) return lower;
  return count === below ? bound : lower + (bound - lower) * ((rank - below) / (count - below));
};

/** In the unit of the histogram; undefined: nothing was observed. */
export const percentilesOf = (buckets: Buckets): Percentiles | undefined => {
  const [p50, p95, p99] = [quantileOf(buckets, 0.5), quantileOf(buckets, 0.95), quantileOf(buckets, 0.99)];
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
};
