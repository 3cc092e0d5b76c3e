import type { ClientErrorCode } from '../../../protocol/error-codes.js';
import type { JsonValue } from '../../../protocol/frames.js';
import { isDeeperThan, isJsonObject, parseJson } from '../../../protocol/json.js';
import { MAX_JSON_DEPTH } from '../../../protocol/limits.js';
import { METRIC_NAMES, type MetricName } from './events.js';

export const DEFAULT_INTERVAL_SECONDS = 1;
export const MAX_INTERVAL_SECONDS = 60;

export type ChosenMetric = Readonly<{
  /** What the client calls it. */
  name: string;
  metric: MetricName;
}>;

export type MetricsSubscription = Readonly<{
  /** Never empty; each name once. */
  metrics: readonly ChosenMetric[];
  intervalSeconds: number;
  includeHistory: boolean;
}>;

export type ReadSubscription =
  | Readonly<{ ok: true; subscription: MetricsSubscription }>
  | Readonly<{ ok: false; code: ClientErrorCode; message: string }>;

const ALL: readonly ChosenMetric[] = METRIC_NAMES.map((name) => ({ name, metric: name }));
const BY_NAME: ReadonlyMap<string, MetricName> = new Map([
  ...METRIC_NAMES.map((name) => [name, name] as const),
  ['response_time_avg', 'avg_response_time'],
]);

/** What a client of `/ws/metrics` sends; a refusal names the field that is wrong. Never throws. */
export const readSubscription = (text: string): ReadSubscription => {
  const parsed = parseJson(text);
  if (parsed === undefined) return refuse('invalid_json', 'the subscription is not valid JSON');
  if (!isJsonObject(parsed)) return refuse('invalid_frame', 'the subscription must be a JSON object');
  if (isDeeperThan(MAX_JSON_DEPTH, text)) return refuse('invalid_frame', 'the subscription is nested too deep');
  const { metrics, interval_seconds: interval = DEFAULT_INTERVAL_SECONDS, include_history: history = false } = parsed;
  if (typeof interval !== 'number' || !Number.isInteger(interval) || interval < 1 || interval > MAX_INTERVAL_SECONDS) {
    return refuse(
      'invalid_frame',
      `interval_seconds must be a whole number from 1 to ${MAX_INTERVAL_SECONDS}, not ${shown(interval)}`,
    );
  }
  if (typeof history !== 'boolean') {
    return refuse('invalid_frame', `include_history must be true or false, not ${shown(history)}`);
  }
  if (metrics === undefined) return refuse('invalid_frame', 'metrics is missing: a list of names, [] for all of them');
  if (!Array.isArray(metrics)) return refuse('invalid_frame', `metrics must be a list of names, not ${shown(metrics)}`);
  const names: readonly JsonValue[] = metrics;
  const chosen = new Map<string, ChosenMetric>();
  for (const [index, name] of names.entries()) {
    const metric = typeof name === 'string' ? BY_NAME.get(name) : undefined;
    if (typeof name !== 'string' || metric === undefined) {
      const known = [...BY_NAME.keys()].join(', ');
      return refuse('invalid_frame', `metrics[${index}] ${shown(name)} is no metric; there are ${known}`);
    }
    chosen.set(name, { name, metric });
  }
  return {
    ok: true,
    subscription: {
      metrics: chosen.size === 0 ? ALL : [...chosen.values()],
      intervalSeconds: interval,
      includeHistory: history,
    },
  };
};

const refuse = (code: ClientErrorCode, message: string): ReadSubscription => ({ ok: false, code, message });

const shown = (value: JsonValue | undefined): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
};
