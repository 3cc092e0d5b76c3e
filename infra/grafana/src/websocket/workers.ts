import type { Row } from '../board.js';
import { chart } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, sumBy } from '../rates.js';
import { CHOSEN, EACH_WORKER } from './selection.js';
import { workerTable } from './worker-table.js';

export const workers: Row = {
  title: 'Workers',
  panels: [
    workerTable(),
    chart({
      title: 'Event loop lag',
      description:
        'How late timers are, p99. Normal: under 50 ms. Over 100 ms for a minute an alert warns (EventLoopLag).',
      unit: 's',
      queries: [prometheus(`websocket_event_loop_lag_seconds{${CHOSEN}}`, EACH_WORKER)],
    }),
    chart({
      title: 'CPU',
      description: 'Cores that each worker uses; at 1 it has no more.',
      unit: 'short',
      queries: [prometheus(perSecond('process_cpu_seconds_total', `job="switchyard-workers",${CHOSEN}`), EACH_WORKER)],
    }),
    chart({
      title: 'Memory',
      description: 'Resident memory of each worker. It follows the connections, and must not climb without them.',
      unit: 'bytes',
      queries: [prometheus(`process_resident_memory_bytes{job="switchyard-workers",${CHOSEN}}`, EACH_WORKER)],
    }),
    chart({
      title: 'Waiting in sockets',
      description: 'Bytes that clients have not taken yet.',
      unit: 'bytes',
      queries: [prometheus(`websocket_buffered_bytes{${CHOSEN}}`, EACH_WORKER)],
    }),
  ],
};

export const pressure: Row = {
  title: 'Pressure',
  panels: [
    chart(
      {
        title: 'Slow consumers',
        description:
          'Subscriptions that are behind now, and that fell behind a second. Over 10 an alert warns (SlowConsumers).',
        unit: 'short',
        width: 6,
        queries: [
          prometheus(orZero(`sum(websocket_slow_consumers{${CHOSEN}})`), 'behind now'),
          prometheus(orZero(sumBy('', perSecond('websocket_slow_consumers_total', CHOSEN))), 'fell behind /s'),
        ],
      },
      { wrong: 'fell' },
    ),
    chart(
      {
        title: 'Queue',
        description:
          'How full the queue of messages that wait for Redis is. Normal: under 10%; over 80% for 10 s an alert warns (QueueFull).',
        unit: 'percentunit',
        width: 6,
        queries: [prometheus(`websocket_queue_utilization{${CHOSEN}}`, EACH_WORKER)],
      },
      { max: 1 },
    ),
    chart(
      {
        title: 'Refused by the queue',
        description: 'Messages refused a second because the queue was full. Any is an alert (QueueOverflow).',
        unit: 'mps',
        width: 6,
        queries: [prometheus(orZero(sumBy('', perSecond('websocket_queue_overflows_total', CHOSEN))), 'refused')],
      },
      { allWrong: true },
    ),
    chart(
      {
        title: 'Rate limits',
        description: 'A second: messages and handshakes over their limit, and connections closed for it (red).',
        unit: 'eps',
        width: 6,
        queries: [
          prometheus(orZero(sumBy('', perSecond('websocket_rate_limited_messages_total', CHOSEN))), 'messages'),
          prometheus(orZero(sumBy('', perSecond('websocket_rate_limited_connections_total', CHOSEN))), 'handshakes'),
          prometheus(orZero(sumBy('', perSecond('websocket_rate_limit_disconnects_total', CHOSEN))), 'closed'),
        ],
      },
      { wrong: 'closed' },
    ),
  ],
};
