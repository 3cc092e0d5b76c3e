import type { Row } from '../board.js';
import { chart } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, sumBy } from '../rates.js';
import { CHOSEN, percentiles } from './selection.js';

export const latency: Row = {
  title: 'Times',
  panels: [
    chart(
      {
        title: 'Publish to ack',
        description:
          'From the publish frame to its ack, Redis included. Normal: p99 under 50 ms, under 100 ms while a deploy moves thousands.',
        unit: 's',
        queries: percentiles('websocket_publish_ack_seconds'),
      },
      { calcs: ['mean', 'max'] },
    ),
    chart(
      {
        title: 'Publish to deliver',
        description: 'From the publish to its fan-out on the worker of the subscriber, across Redis.',
        unit: 's',
        queries: percentiles('websocket_delivery_seconds'),
      },
      { calcs: ['mean', 'max'] },
    ),
    chart(
      {
        title: 'How long connections lasted',
        description: 'Of those that ended. A deploy ends all of the old color at once.',
        unit: 's',
        queries: percentiles('websocket_connection_duration_seconds'),
      },
      { calcs: ['last'] },
    ),
    chart(
      {
        title: 'Connections that lasted longer than 300 s',
        description:
          'Share of those that ended, whole cluster, 5 minutes. Over half for ten minutes is an alert of severity info (LongConnections).',
        unit: 'percentunit',
        queries: [prometheus(orZero('cluster:websocket_long_connections:ratio_rate5m'), 'longer than 300 s')],
      },
      { max: 1 },
    ),
    chart(
      {
        title: 'HTTP and handshakes by status',
        description:
          'Answers a second. 101 is a WebSocket; 503 a worker that is not ready, 429 a client over its limit.',
        unit: 'reqps',
        width: 24,
        queries: [
          prometheus(orZero(sumBy('status', perSecond('http_request_duration_seconds_count', CHOSEN))), '{{status}}'),
        ],
      },
      { wrong: '^5..$', calcs: ['last', 'max'] },
    ),
  ],
};
