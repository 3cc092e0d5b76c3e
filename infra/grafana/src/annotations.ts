import { AnnotationQueryBuilder, type DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard';
import { LOKI, PROMETHEUS, loki, prometheus, type Query } from './queries.js';

const marks = (name: string, color: string, datasource: DataSourceRef, query: Query): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(color)
    .target(query.target('Anno'));

/** Grafana draws neighbouring steps with a value above 0 as one region. */
const fromPrometheus = (name: string, color: string, expr: string, title: string): AnnotationQueryBuilder =>
  // `expr` and `step` beside the target: what Grafana before 11 reads.
  marks(name, color, PROMETHEUS, prometheus(expr, '')).expr(expr).step('5s').titleFormat(title);

const finished = (which: string): string =>
  `sum by (verb, outcome) (changes(switchyard_deploys_finished_total{${which}}[1m])) > bool 0`;

/** Deploys from Prometheus: they need no Loki. */
export const deploys = (): readonly AnnotationQueryBuilder[] => [
  fromPrometheus('Deploy at work', 'light-blue', 'max(switchyard_deploy_running)', 'deploy at work'),
  fromPrometheus('Promoted', 'green', finished('verb="promote",outcome="done"'), 'promote done'),
  fromPrometheus(
    'Rolled back',
    'orange',
    `${finished('verb="rollback",outcome="done"')} or ${finished('outcome="rolled_back"')}`,
    '{{verb}} {{outcome}}',
  ),
  fromPrometheus('Deploy failed', 'red', finished('outcome="failed"'), '{{verb}} failed'),
];

/** The same from the conductor's log, to the second and with its words. */
export const deployEvents = (): AnnotationQueryBuilder =>
  marks(
    "The conductor's log",
    'purple',
    LOKI,
    loki('{service="switchyard-conductor"} | json | event=~"deploy_(started|done|rolled_back|failed)"'),
  )
    .titleFormat('{{event}}')
    .textFormat('{{verb}} {{from}} → {{to}}')
    .tagKeys('verb,release');
