/** PromQL that many panels say. A rate is taken of each worker's own counter, then summed: a worker that ends lets nothing fall. */
export const perSecond = (counter: string, labels = ''): string => `rate(${counter}{${labels}}[$__rate_interval])`;

export const sumBy = (by: string, vector: string): string =>
  by === '' ? `sum(${vector})` : `sum by (${by}) (${vector})`;

/** Zero where there is no series at all yet, on a stack that has just started; `on ()`: not beside those that are there. */
export const orZero = (vector: string): string => `${vector} or on () vector(0)`;

export const quantile = (share: number, histogram: string, labels = ''): string =>
  `histogram_quantile(${share}, ${sumBy('le', perSecond(`${histogram}_bucket`, labels))})`;

/** The three that are looked at, with their legends. */
export const PERCENTILES = [
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
] as const;
