import type { Totals } from '../../broker/cluster-directory.js';
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
export const quantile = (before: Buckets, after: Buckets, q: number): number | undefined => {
  const counts = [...after]
    .map(([bound, count]) => ({ bound, count: count - (before.get(bound) ?? 0) }))
    .sort((a, b) => a.bound - b.bound);
  const all = counts.at(-1)?.count ?? 0;
  if (all <= 0) return undefined;
  const wanted = q * all;
  let lower = { bound: 0, count: 0 };
  for (const bucket of counts) {
    if (bucket.count >= wanted) {
      if (bucket.bound === Infinity || bucket.count === lower.count) return lower.bound;
      const part = (wanted - lower.count) / (bucket.count - lower.count);
      return lower.bound + (bucket.bound - lower.bound) * part;
    }
    lower = bucket;
  }
  return lower.bound;
};
