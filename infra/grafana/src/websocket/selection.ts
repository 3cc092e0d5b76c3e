import { prometheus, type Query } from '../queries.js';
import { PERCENTILES, quantile } from '../rates.js';

/** The workers that the dashboard's variables choose. */
export const CHOSEN = 'color=~"$color",worker=~"$worker"';
export const EACH_WORKER = '{{color}} {{worker}}';

export const percentiles = (histogram: string): [Query, ...Query[]] => {
  const [first, ...rest] = PERCENTILES.map(([share, name]) => prometheus(quantile(share, histogram, CHOSEN), name));
  if (first === undefined) throw new Error('no percentile is asked for');
  return [first, ...rest];
};
