import type { Totals } from '../../broker/cluster-directory.js';
import { quantileOf } from '../../../histogram/quantile.js';
import { readSeries } from '../../observability/series.js';

/** A histogram of Prometheus: how many were at most so large, by that bound, s. */
export type Buckets = ReadonlyMap<number, number>;

/** The sum over the workers that live and those that ended. */
export const bucketsOf = (sources: readonly Totals[], name: string): Buckets => {
  const prefix = `${name}_bucket|`;
  const buckets = new Map<number, number>();
  for (const totals of sources) {
    for (const [key, count] of Object.entries(totals)) {
      if (!key.startsWith(prefix)) continue;
      const bound = readSeries(key)?.labels['le'];
      const seconds = bound === '+Inf' ? Infinity : Number(bound);
      buckets.set(seconds, (buckets.get(seconds) ?? 0) + count);
    }
  }
  return buckets;
};

/**
 * The share `q` of what was observed between two looks took at most so long, s; within a bucket taken for even. Undefined:
 * nothing was observed.
 */
export const quantile = (before: Buckets, after: Buckets, q: number): number | undefined =>
  quantileOf(
    [...after]
      .map(([bound, count]) => ({ bound, count: count - (before.get(bound) ?? 0) }))
      .sort((a, b) => a.bound - b.bound),
    q,
  );
