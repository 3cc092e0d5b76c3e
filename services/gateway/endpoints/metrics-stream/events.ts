import type { Sample } from '../../broker/cluster-samples.js';
import type { ClusterStatistics } from '../../cluster/statistics-reader.js';

/** What a Snapshot shows, beside its time; in this order. */
export const METRIC_NAMES = [
  'requests_total',
  'requests_success',
  'requests_error',
  'active_connections',
  'avg_response_time',
  'success_rate',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];
export type MetricValues = Readonly<Record<MetricName, number>>;

/** `avg_response_time` in ms, `success_rate` 0–100: over all requests that the cluster has answered. */
export const metricValues = ({ totals, active }: ClusterStatistics): MetricValues => {
  const { requestsSuccess, requestsError, responseSeconds } = totals;
  const requests = requestsSuccess + requestsError;
  return {
    requests_total: requests,
    requests_success: requestsSuccess,
    requests_error: requestsError,
    active_connections: active,
    avg_response_time: requests === 0 ? 0 : rounded((responseSeconds * 1000) / requests, 1000),
    success_rate: requests === 0 ? 100 : rounded((requestsSuccess * 100) / requests, 100),
  };
};

const rounded = (value: number, parts: number): number => Math.round(value * parts) / parts;

export const snapshotEvent = (values: MetricValues, timeMs: number): string =>
  JSON.stringify({ type: 'Snapshot', timestamp: timestamp(timeMs), ...values });

/** `name` as the client called it. */
export const timeSeriesEvent = (name: string, metric: MetricName, samples: readonly Sample[]): string =>
  JSON.stringify({
    type: 'TimeSeries',
    metric_name: name,
    data_points: samples.flatMap(({ timeMs, values }) => {
      const value = values[metric];
      return value === undefined ? [] : [{ timestamp: timestamp(timeMs), value }];
    }),
  });

export const heartbeatEvent = (timeMs: number): string =>
  JSON.stringify({ type: 'Heartbeat', timestamp: timestamp(timeMs) });

export const errorEvent = (message: string): string => JSON.stringify({ type: 'Error', message });

/** ISO 8601 in UTC to the second, `2024-11-07T10:30:00Z`. */
const timestamp = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
