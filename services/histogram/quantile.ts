/** Upper bounds of a histogram's buckets, ascending, with how many observations lie at or below each. */
export type Buckets = readonly Readonly<{ bound: number; count: number }>[];

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
