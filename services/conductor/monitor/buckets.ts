import { quantileOf, type Buckets } from '../../histogram/quantile.js';
import type { Exposition } from './exposition.js';

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

/** In the unit of the histogram; undefined: nothing was observed. */
export const percentilesOf = (buckets: Buckets): Percentiles | undefined => {
  const [p50, p95, p99] = [quantileOf(buckets, 0.5), quantileOf(buckets, 0.95), quantileOf(buckets, 0.99)];
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
};
