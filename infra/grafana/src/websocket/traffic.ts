import type { Row } from '../board.js';
import { chart, figure } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, quantile, sumBy } from '../rates.js';
import { CHOSEN } from './selection.js';

const total = (counter: string, labels = CHOSEN): string => sumBy('', perSecond(counter, labels));

export const now: Row = {
  title: 'Now',
  panels: [
    figure(
      {
        title: 'Open connections',
        description: 'Open WebSockets of the chosen workers. Below 10 an alert warns (FewActiveConnections).',
        unit: 'short',
        queries: [prometheus(orZero(`sum(websocket_active_connections{${CHOSEN}})`), 'open')],
      },
      { decimals: 0 },
    ),
    figure({
      title: 'Messages accepted',
      description: 'Messages that were logged and acked, a second.',
      unit: 'mps',
      queries: [prometheus(orZero(total('websocket_messages_total')), 'accepted')],
    }),
    figure(
      {
        title: 'Errors',
        description:
          'Errors over messages received, whole cluster, 2 minutes. Over 1% an alert is critical (HighErrorRate).',
        unit: 'percentunit',
        queries: [prometheus(orZero('cluster:websocket_errors:ratio_rate2m'), 'errors')],
      },
      { wrongFrom: 0.01, decimals: 2 },
    ),
    figure(
      {
        title: 'Ack, p99',
        description:
          'From the publish frame to its ack, Redis included. Normal: under 50 ms; nothing is shown while nobody publishes.',
        unit: 's',
        queries: [prometheus(quantile(0.99, 'websocket_publish_ack_seconds', CHOSEN), 'p99')],
      },
      { wrongFrom: 0.25 },
    ),
    figure(
      {
        title: 'Workers that answer',
        description: 'Workers that Prometheus reaches. During a promote both colors run.',
        unit: 'short',
        queries: [prometheus(orZero('sum(up{job="switchyard-workers"})'), 'workers')],
      },
      { wrongBelow: 1, decimals: 0 },
    ),
    figure(
      {
        title: 'Alerts',
        description: 'Alerts that fire, those of severity info left out. Each has a heading in docs/OBSERVABILITY.md.',
        unit: 'short',
        queries: [prometheus(orZero('count(ALERTS{alertstate="firing",severity!="info"})'), 'firing')],
      },
      { wrongFrom: 1, decimals: 0 },
    ),
  ],
};

export const connections: Row = {
  title: 'Connections and messages',
  panels: [
    chart(
      {
        title: 'Connections by color',
        description:
          'Stacked: in a deploy one color takes over from the other, and the height stays. A dip is a user who waited.',
        unit: 'short',
        width: 24,
        queries: [prometheus(sumBy('color', `websocket_active_connections{${CHOSEN}}`), '{{color}}')],
      },
      { stack: true, calcs: ['last', 'max'] },
    ),
    chart({
      title: 'Opened',
      description: 'WebSockets opened a second, by endpoint.',
      unit: 'cps',
      queries: [
        prometheus(orZero(sumBy('endpoint', perSecond('websocket_connections_total', CHOSEN))), '{{endpoint}}'),
      ],
    }),
    chart(
      {
        title: 'Closed',
        description:
          'WebSockets closed a second, by reason. `moved` is a deploy; `lost`, `timeout` and `overloaded` are not well.',
        unit: 'cps',
        queries: [
          prometheus(orZero(sumBy('reason', perSecond('websocket_disconnections_total', CHOSEN))), '{{reason}}'),
        ],
      },
      { wrong: '^(lost|timeout|overloaded)$' },
    ),
    chart(
      {
        title: 'Messages',
        description:
          'A second: frames in and out, publishes that were accepted, were accepted before (duplicate), were refused (failed).',
        unit: 'mps',
        queries: [
          prometheus(orZero(total('websocket_messages_received_total')), 'received'),
          prometheus(orZero(total('websocket_messages_sent_total')), 'sent'),
          prometheus(orZero(total('websocket_messages_total')), 'accepted'),
          prometheus(orZero(total('websocket_messages_duplicate_total')), 'duplicate'),
          prometheus(orZero(total('websocket_messages_failed_total')), 'failed'),
        ],
      },
      { wrong: '^failed$', calcs: ['last', 'max'] },
    ),
    chart(
      {
        title: 'Errors by type',
        description:
          'Error frames a second, by code. `unavailable`: Redis is away. `overloaded`: the queue is full. The rest is what clients send.',
        unit: 'eps',
        queries: [prometheus(orZero(sumBy('type', perSecond('websocket_errors_total', CHOSEN))), '{{type}}')],
      },
      { allWrong: true, stack: true, calcs: ['max'] },
    ),
    chart({
      title: 'Named and anonymous',
      description: 'Open connections of clients with a name of their own, and without.',
      unit: 'short',
      queries: [
        prometheus(orZero(`sum(websocket_active_named_connections{${CHOSEN}})`), 'named'),
        prometheus(orZero(`sum(websocket_active_anonymous_connections{${CHOSEN}})`), 'anonymous'),
      ],
    }),
    chart(
      {
        title: 'Sessions and recoveries',
        description:
          'A second: sessions that were new, resumed, or not found; subscriptions that the log brought forward, or could not.',
        unit: 'ops',
        queries: [
          prometheus(orZero(sumBy('how', perSecond('websocket_sessions_total', CHOSEN))), 'session {{how}}'),
          prometheus(
            orZero(sumBy('recovered', perSecond('websocket_recoveries_total', CHOSEN))),
            'recovered {{recovered}}',
          ),
        ],
      },
      { wrong: '^(session unknown|recovered false)$' },
    ),
  ],
};
