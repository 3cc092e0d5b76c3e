import type { Totals } from '../broker/cluster-directory.js';
import { readSeries } from './series.js';

/** What the cluster has done since its Redis began to count; nothing here ever falls. */
export type Statistics = Readonly<{
  /** WebSockets opened. */
  connections: number;
  /** Messages from clients and to clients. */
  received: number;
  sent: number;
  /** HTTP requests, handshakes included, with a status below 400, and the others. */
  requestsSuccess: number;
  requestsError: number;
  /** Time that all of them took together, s. */
  responseSeconds: number;
  /** What rate limits refused, and the connections that they closed. */
  limitedMessages: number;
  limitedConnections: number;
  limitDisconnects: number;
}>;

type Counts = { -readonly [Name in keyof Statistics]: number };

/** Sums the series that the metrics of all workers gave, so that statistics and metrics never disagree. */
export const statisticsOf = (sources: readonly Totals[]): Statistics => {
  const counts: Counts = {
    connections: 0,
    received: 0,
    sent: 0,
    requestsSuccess: 0,
    requestsError: 0,
    responseSeconds: 0,
    limitedMessages: 0,
    limitedConnections: 0,
    limitDisconnects: 0,
  };
  for (const totals of sources) {
    for (const [key, value] of Object.entries(totals)) {
      const name = SERIES[key.slice(0, key.indexOf('|'))];
      if (name !== undefined) counts[name(key)] += value;
    }
  }
  return counts;
};

const SERIES: Readonly<Record<string, (key: string) => keyof Counts>> = {
  websocket_connections_total: () => 'connections',
  websocket_messages_received_total: () => 'received',
  websocket_messages_sent_total: () => 'sent',
  websocket_rate_limited_messages_total: () => 'limitedMessages',
  websocket_rate_limited_connections_total: () => 'limitedConnections',
  websocket_rate_limit_disconnects_total: () => 'limitDisconnects',
  http_request_duration_seconds_count: (key) =>
    Number(readSeries(key)?.labels['status']) < 400 ? 'requestsSuccess' : 'requestsError',
  http_request_duration_seconds_sum: () => 'responseSeconds',
};
