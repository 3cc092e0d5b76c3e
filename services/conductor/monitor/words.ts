import { PARTS, totalOf, type ByPart } from './parts.js';
import type { Percentiles } from './buckets.js';
import type { Refused, Snapshot } from './snapshot.js';

export const NONE = '–';
export const NOTHING = 'nothing';

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const ONE_DIGIT = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `10,000` */
export const count = (value: number): string => COUNT.format(value);

/** `0.4`, `7.3`, `1,250`: as many digits as anybody reads. */
export const amount = (value: number): string => (value < 100 ? ONE_DIGIT : COUNT).format(value);

export const megabytes = (bytes: number): string => count(bytes / 1_048_576);

export const clock = (iso: string): string => iso.slice(11, 19);

/** `p50 1.2  p95 3.4  p99 8.9`, ms. */
export const percentiles = (found: Percentiles | null): string => {
  const { p50, p95, p99 } = found ?? { p50: null, p95: null, p99: null };
  const show = (value: number | null): string => (value === null ? NONE : amount(value));
  return `p50 ${show(p50)}  p95 ${show(p95)}  p99 ${show(p99)}`;
};

/** `redis 1.0  nginx 3.0  blue 0.0  green 12.4  others 0.2  all 16.6` */
export const byPart = (values: ByPart | null, show: (value: number) => string): string =>
  [
    ...PARTS.map((part) => `${part} ${values === null ? NONE : show(values[part])}`),
    `all ${values === null ? NONE : show(totalOf(values))}`,
  ].join('  ');

export const NOT_KNOWN = 'not known';

/** `unavailable 3, invalid_frame 1`, the most first; `nothing`, or that it is not known. */
export const refusals = (refused: Refused | null): string => {
  if (refused === null) return NOT_KNOWN;
  const kinds = Object.entries(refused).sort(([, a], [, b]) => b - a);
  return kinds.length === 0 ? NOTHING : kinds.map(([what, times]) => `${what} ${count(times)}`).join(', ');
};

/** `promote for 7 s, last step done: watch (pid 4242)` */
export const workWords = ({ at_work: work, at }: Snapshot): string | undefined => {
  if (work === null) return undefined;
  const seconds = Math.max(0, Math.round((Date.parse(at) - Date.parse(work.since)) / 1_000));
  const step = work.step === null ? '' : `, last step done: ${work.step.replaceAll('-', ' ')}`;
  return `${work.verb} for ${seconds} s${step} (pid ${work.pid})`;
};
