import { quantileOf, type Buckets } from '../../histogram/quantile.js';
import type { Growth } from './growth.js';

export type Percentiles = Readonly<{ p50: number; p95: number; p99: number }>;

/** Over all label sets; none where there is no such histogram. */
export const bucketsOf = (growth: Growth, name: string): Buckets =>
  Array.from(growth.by(`${name}_bucket`, 'le'), ([bound, count]) => ({
    bound: bound === '+Inf' ? Infinity : Number(bound),
    count,
  })).sort((a, b) => a.bound - b.bound);

/** In the unit of the histogram; undefined: nothing was observed. */
export const percentilesOf = (buckets: Buckets): Percentiles | undefined => {
  const [p50, p95, p99] = [quantileOf(buckets, 0.5), quantileOf(buckets, 0.95), quantileOf(buckets, 0.99)];
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
};
