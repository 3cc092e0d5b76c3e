import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import type { Drawn } from '../panels.js';
import { PROMETHEUS, prometheus } from '../queries.js';
import { perSecond, sumBy } from '../rates.js';
import { CHOSEN } from './selection.js';

const LABELS = 'color, worker, release';

/** Each column: its heading, its unit, and what it asks. */
const COLUMNS = [
  ['Connections', 'short', `websocket_active_connections{${CHOSEN}}`],
  ['In', 'mps', perSecond('websocket_messages_received_total', CHOSEN)],
  ['Out', 'mps', perSecond('websocket_messages_sent_total', CHOSEN)],
  ['Event loop lag', 's', `websocket_event_loop_lag_seconds{${CHOSEN}}`],
  ['Queue', 'percentunit', `websocket_queue_utilization{${CHOSEN}}`],
  ['Memory', 'bytes', `process_resident_memory_bytes{job="switchyard-workers",${CHOSEN}}`],
] as const;

export const workerTable = (): Drawn => {
  const panel = new TablePanel()
    .title('Each worker')
    .description('One row a worker, now. Connections and rates should be alike among the workers of a color.')
    .datasource(PROMETHEUS)
    .unit('short')
    .span(24)
    .height(7);
  const names: Record<string, string> = {};
  for (const [index, [heading, unit, expr]] of COLUMNS.entries()) {
    const refId = String.fromCharCode(65 + index);
    panel.withTarget(prometheus(sumBy(LABELS, expr), heading, 'table').target(refId));
    panel.overrideByName(heading, [{ id: 'unit', value: unit }]);
    names[`Value #${refId}`] = heading;
  }
  return panel
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true }, renameByName: names } });
};
