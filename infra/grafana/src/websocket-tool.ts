import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { board } from './board.js';
import { chart, figure, type Content, type Drawn, type Look } from './panels.js';
import { prometheus } from './queries.js';
import { orZero, perSecond, sumBy } from './rates.js';

/** The one who imports it chooses a Prometheus: Grafana asks for what `__inputs` names. */
const CHOSEN_PROMETHEUS = { type: 'prometheus', uid: '${DS_PROMETHEUS}' } as const;

const counter = (name: string): string => orZero(sumBy('', perSecond(`websocket_${name}_total`)));
const gauge = (name: string): string => orZero(`sum(websocket_${name})`);
const worst = (name: string): string => orZero(`max(websocket_${name})`);

type Line = readonly [expr: string, legend: string];
type Text = Omit<Content, 'queries'> & Readonly<{ ask: readonly [Line, ...Line[]] }>;

const content = ({ ask: [first, ...rest], ...text }: Text): Content => {
  const query = ([expr, legend]: Line) => prometheus(expr, legend, 'time', CHOSEN_PROMETHEUS);
  return { ...text, queries: [query(first), ...rest.map(query)] };
};
const lineChart = (text: Text, look: Look = {}): Drawn => chart(content(text), look);
const lastFigure = (title: string, description: string, unit: string, expr: string): Drawn =>
  figure(content({ title, description, unit, ask: [[expr, title]] }));

/** A dashboard for import anywhere: every metric of the WebSocket tool, and nothing that only this project provisions. */
export const websocketTool = () => ({
  __inputs: [
    {
      name: 'DS_PROMETHEUS',
      label: 'Prometheus',
      description: 'A Prometheus that scrapes the workers',
      type: 'datasource',
      pluginId: 'prometheus',
      pluginName: 'Prometheus',
    },
  ],
  __elements: {},
  __requires: [
    { type: 'grafana', id: 'grafana', name: 'Grafana', version: '10.0.0' },
    { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
    { type: 'panel', id: 'stat', name: 'Stat', version: '' },
    { type: 'panel', id: 'timeseries', name: 'Time series', version: '' },
  ],
  ...dashboard(),
});

const dashboard = (): Dashboard =>
  board({
    uid: 'websocket-tool',
    title: 'WebSocket tool',
    description: 'Connections, messages, queue and heartbeat of a WebSocket cluster.',
    rows: [
      {
        title: 'Now',
        panels: [
          lastFigure('Connections', 'Open connections.', 'short', gauge('active_connections')),
          lastFigure('Received', 'Messages from clients a second, mean of 60 s.', 'mps', gauge('received_per_sec')),
          lastFigure('Sent', 'Messages to clients a second, mean of 60 s.', 'mps', gauge('sent_per_sec')),
          lastFigure('Failed', 'Messages that failed a second, mean of 60 s.', 'mps', gauge('failed_per_sec')),
          lastFigure('Queue', 'How full the fullest queue is.', 'percentunit', worst('queue_utilization')),
          lastFigure('Handlers', 'Message handlers that are registered.', 'short', worst('handlers_registered')),
        ],
      },
      {
        title: 'Connections',
        panels: [
          lineChart(
            {
              title: 'Open connections',
              description: 'All, clients with a name of their own, and clients without.',
              unit: 'short',
              ask: [
                [gauge('active_connections'), 'all'],
                [gauge('active_named_connections'), 'named'],
                [gauge('active_anonymous_connections'), 'anonymous'],
              ],
            },
            { calcs: ['last', 'max'] },
          ),
          lineChart({
            title: 'Opened and closed',
            description: 'Connections opened and closed a second.',
            unit: 'cps',
            ask: [
              [counter('connections'), 'opened'],
              [counter('disconnections'), 'closed'],
            ],
          }),
        ],
      },
      {
        title: 'Messages',
        panels: [
          lineChart(
            {
              title: 'Messages',
              description: 'Messages sent and failed a second.',
              unit: 'mps',
              ask: [
                [counter('messages_sent'), 'sent'],
                [counter('messages_failed'), 'failed'],
              ],
            },
            { wrong: '^failed$' },
          ),
          lineChart(
            {
              title: 'Messages, mean of 60 s',
              description: 'The same as the workers count it, and what was received.',
              unit: 'mps',
              ask: [
                [gauge('received_per_sec'), 'received'],
                [gauge('sent_per_sec'), 'sent'],
                [gauge('failed_per_sec'), 'failed'],
              ],
            },
            { wrong: '^failed$' },
          ),
        ],
      },
      {
        title: 'Queue and heartbeat',
        panels: [
          lineChart({
            title: 'Queue',
            description: 'Messages that wait, over all workers.',
            unit: 'short',
            width: 8,
            ask: [[gauge('queue_size'), 'waiting']],
          }),
          lineChart(
            {
              title: 'Queue utilization',
              description: 'How full the fullest queue is.',
              unit: 'percentunit',
              width: 8,
              ask: [[worst('queue_utilization'), 'fullest']],
            },
            { max: 1 },
          ),
          lineChart(
            {
              title: 'Overflows and timeouts',
              description:
                'A second: messages refused because the queue was full, connections closed because they showed no life.',
              unit: 'eps',
              width: 8,
              ask: [
                [counter('queue_overflows'), 'queue overflows'],
                [counter('heartbeat_timeouts'), 'heartbeat timeouts'],
              ],
            },
            { allWrong: true },
          ),
        ],
      },
    ],
  });
