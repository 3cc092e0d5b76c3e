import type { Row } from '../board.js';
import { chart } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, sumBy } from '../rates.js';
import { CHOSEN, EACH_WORKER } from './selection.js';

export const redis: Row = {
  title: 'Redis',
  panels: [
    chart({
      title: 'Round trip',
      description: 'How long Redis took for the last renewal of the lease of each worker. Normal: under 10 ms.',
      unit: 's',
      width: 8,
      queries: [prometheus(`websocket_redis_round_trip_seconds{${CHOSEN}}`, EACH_WORKER)],
    }),
    chart({
      title: 'Pub/sub lag',
      description:
        'A beat of each worker through Redis pub/sub and back. Normal: under 50 ms. Over 0.5 s for 30 s an alert warns (PubSubLag).',
      unit: 's',
      width: 8,
      queries: [prometheus(`websocket_pubsub_lag_seconds{${CHOSEN}}`, EACH_WORKER)],
    }),
    chart(
      {
        title: 'Gaps',
        description:
          'A second: publications that pub/sub lost and the log gave; gaps that the log could not fill (red; OrdersBroken).',
        unit: 'eps',
        width: 8,
        queries: [
          prometheus(orZero(sumBy('', perSecond('websocket_gaps_filled_total', CHOSEN))), 'filled'),
          prometheus(orZero(sumBy('', perSecond('websocket_orders_broken_total', CHOSEN))), 'broken'),
        ],
      },
      { wrong: 'broken' },
    ),
    chart({
      title: 'Memory',
      description:
        'What Redis holds: logs of channels, sessions, counts. It follows the traffic of the last HISTORY_TTL. At its limit, which it has in containers, it refuses writes.',
      unit: 'bytes',
      width: 8,
      queries: [prometheus('redis_memory_used_bytes', 'used'), prometheus('redis_memory_max_bytes', 'limit (0: none)')],
    }),
    chart({
      title: 'Commands',
      description: 'Commands that Redis answers a second; a script counts as one.',
      unit: 'ops',
      width: 8,
      queries: [prometheus(perSecond('redis_commands_processed_total'), 'commands')],
    }),
    chart({
      title: 'Clients',
      description: 'Connections to Redis: a few for each worker, however many users there are.',
      unit: 'short',
      width: 8,
      queries: [prometheus('redis_connected_clients', 'clients')],
    }),
  ],
};

export const nginx: Row = {
  title: 'nginx',
  panels: [
    chart({
      title: 'Connections',
      description: 'Open at nginx: clients, and what is idle between two requests.',
      unit: 'short',
      width: 8,
      queries: [
        prometheus('nginx_connections_active', 'active'),
        prometheus('nginx_connections_waiting', 'waiting'),
        prometheus('nginx_connections_writing', 'writing'),
      ],
    }),
    chart({
      title: 'Requests',
      description: 'Requests and handshakes a second.',
      unit: 'reqps',
      width: 8,
      queries: [prometheus(perSecond('nginx_http_requests_total'), 'requests')],
    }),
    chart({
      title: 'Old generations',
      description:
        'Generations of nginx that still carry connections from before a deploy. Over 2 for five minutes an alert warns (OldNginxWorkers).',
      unit: 'short',
      width: 8,
      queries: [prometheus(orZero('max(switchyard_nginx_old_generations)'), 'old generations')],
    }),
  ],
};
