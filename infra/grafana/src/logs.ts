import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { deployEvents, deploys } from './annotations.js';
import { board } from './board.js';
import { chart, figure, lines } from './panels.js';
import { LOKI, loki, prometheus } from './queries.js';
import { orZero } from './rates.js';
import { colorOfLines, event, level, service, session } from './variables.js';

/** The lines that the variables choose. An empty text box takes every line, those without the field too. */
const CHOSEN = 'service=~"$service",level=~"$level",color=~"$color"';
const FILTERS = '| json | event=~"$event.*" | session_id=~"$session.*"';
const LINES = `{${CHOSEN}} ${FILTERS}`;

const counted = (by: string, pipeline: string): string => `sum by (${by}) (count_over_time(${pipeline} [$__auto]))`;
const countedNow = (pipeline: string): string => `sum(count_over_time(${pipeline} [$__range])) or vector(0)`;

/** Explore has the live tail: this opens it on the lines of the services. */
const liveTail = (): DashboardLinkBuilder => {
  const panes = {
    lines: {
      datasource: LOKI.uid,
      queries: [{ refId: 'A', datasource: LOKI, expr: '{service=~".+"}' }],
      range: { from: 'now-15m', to: 'now' },
    },
  };
  return new DashboardLinkBuilder('Live tail')
    .type(DashboardLinkType.Link)
    .icon('bolt')
    .tooltip('Opens Explore on all lines; press Live there')
    .url(`/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(JSON.stringify(panes))}`)
    .targetBlank(true);
};

export const logs = () =>
  board({
    uid: 'switchyard-logs',
    title: 'Logs',
    description: 'The log lines of workers, conductor and tasks, in Loki.',
    variables: [service(), level(), colorOfLines(), event(), session()],
    annotations: [...deploys(), deployEvents()],
    links: [liveTail()],
    rows: [
      {
        title: 'How many',
        panels: [
          figure(
            {
              title: 'Lines',
              description: 'Lines in the time that is shown, as chosen above.',
              unit: 'short',
              width: 6,
              queries: [loki(countedNow(LINES), 'lines')],
            },
            { decimals: 0 },
          ),
          figure(
            {
              title: 'Errors',
              description: 'Lines at ERROR or FATAL in the time that is shown. Normal: none.',
              unit: 'short',
              width: 6,
              queries: [loki(countedNow(`{${CHOSEN}} | level=~"ERROR|FATAL" ${FILTERS}`), 'errors')],
            },
            { wrongFrom: 1, decimals: 0 },
          ),
          figure(
            {
              title: 'Lines that wait for Loki',
              description: 'In the memory of the workers. It is bounded; normal: some hundreds at most.',
              unit: 'short',
              width: 6,
              queries: [prometheus(orZero('sum(websocket_log_buffered_lines)'), 'waiting')],
            },
            { decimals: 0 },
          ),
          figure(
            {
              title: 'Lines that Loki missed',
              description:
                'Dropped in the time that is shown, because Loki was away or slow (LogLinesDropped). The files of the workers have them.',
              unit: 'short',
              width: 6,
              queries: [prometheus(orZero('sum(increase(websocket_log_lines_dropped_total[$__range]))'), 'dropped')],
            },
            { wrongFrom: 1, decimals: 0 },
          ),
          chart(
            {
              title: 'By level',
              description: 'Lines by level; red is ERROR and FATAL.',
              unit: 'short',
              queries: [loki(counted('level', LINES), '{{level}}')],
            },
            { stack: true, bars: true, wrong: '^(ERROR|FATAL)$' },
          ),
          chart(
            {
              title: 'By event',
              description: 'The ten events with the most lines. docs/OBSERVABILITY.md says what each means.',
              unit: 'short',
              queries: [loki(`topk(10, ${counted('event', LINES)})`, '{{event}}')],
            },
            { stack: true, bars: true },
          ),
          chart(
            {
              title: 'By color',
              description: 'Lines by color; in a deploy both have them. Without a color: the conductor.',
              unit: 'short',
              width: 24,
              queries: [loki(counted('color', LINES), '{{color}}')],
            },
            { stack: true, bars: true },
          ),
        ],
      },
      {
        title: 'Lines',
        panels: [
          lines(
            {
              title: 'Lines, newest first',
              description:
                'Refreshed every 5 seconds; “Live tail” above streams them. A click on a line shows its fields.',
              queries: [loki(LINES)],
            },
            20,
          ),
        ],
      },
    ],
  });
