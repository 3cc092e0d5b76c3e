import type { Row } from '../board.js';
import { chart } from '../panels.js';
import { prometheus } from '../queries.js';
import { orZero, perSecond, quantile, sumBy } from '../rates.js';

export const move: Row = {
  title: 'The move',
  panels: [
    chart(
      {
        title: 'Connections by color',
        description: 'Stacked: one color takes over from the other, and the height stays.',
        unit: 'short',
        width: 24,
        queries: [prometheus(sumBy('color', 'websocket_active_connections'), '{{color}}')],
      },
      { stack: true, calcs: ['last', 'max'] },
    ),
    chart({
      title: 'Moved',
      description: 'Connections that left a color because of a deploy, a second, and sessions that were resumed.',
      unit: 'cps',
      queries: [
        prometheus(orZero(sumBy('', perSecond('websocket_disconnections_total', 'reason="moved"'))), 'moved'),
        prometheus(orZero(sumBy('', perSecond('websocket_sessions_total', 'how="resumed"'))), 'resumed'),
      ],
    }),
    chart({
      title: 'Left to move',
      description:
        'Connections that a draining worker still has. It falls to 0 within seconds; a line that stays flat is DrainStuck.',
      unit: 'short',
      queries: [prometheus('websocket_drain_remaining_connections', '{{color}} {{worker}}')],
    }),
    chart(
      {
        title: 'Times while it moves, p99',
        description: 'What users notice of a deploy: acks and deliveries should stay under 100 ms.',
        unit: 's',
        queries: [
          prometheus(quantile(0.99, 'websocket_publish_ack_seconds'), 'publish to ack'),
          prometheus(quantile(0.99, 'websocket_delivery_seconds'), 'publish to deliver'),
        ],
      },
      { calcs: ['max'] },
    ),
    chart(
      {
        title: 'Not well while it moves',
        description: 'A second: errors, broken orders, recoveries that failed. All should stay at 0.',
        unit: 'eps',
        queries: [
          prometheus(orZero(sumBy('', perSecond('websocket_errors_total'))), 'errors'),
          prometheus(orZero(sumBy('', perSecond('websocket_orders_broken_total'))), 'orders broken'),
          prometheus(
            orZero(sumBy('', perSecond('websocket_recoveries_total', 'recovered="false"'))),
            'recoveries that failed',
          ),
        ],
      },
      { allWrong: true },
    ),
  ],
};
