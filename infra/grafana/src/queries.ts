import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder as LokiQuery } from '@grafana/grafana-foundation-sdk/loki';
import { DataqueryBuilder as PrometheusQuery, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** The datasources that `infra/grafana/provisioning` makes. */
export const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' } as const satisfies DataSourceRef;
export const LOKI = { type: 'loki', uid: 'loki' } as const satisfies DataSourceRef;

/** One query of a panel; `refId` is the panel's to give. */
export type Query = Readonly<{ datasource: DataSourceRef; target(refId: string): Builder<Dataquery> }>;

/** `over`: the dashboard's time, or its end alone; `table` is its end, with a column for each label. */
export const prometheus = (
  expr: string,
  legend: string,
  over: 'time' | 'end' | 'table' = 'time',
  datasource: DataSourceRef = PROMETHEUS,
): Query => ({
  datasource,
  target: (refId) => {
    const query = new PrometheusQuery().datasource(datasource).refId(refId).expr(expr).legendFormat(legend);
    if (over === 'time') return query.range();
    return query.instant().format(over === 'table' ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  },
});

/** Log lines, or what is counted of them over the dashboard's time. */
export const loki = (expr: string, legend = ''): Query => ({
  datasource: LOKI,
  target: (refId) =>
    new LokiQuery().datasource(LOKI).refId(refId).expr(expr).legendFormat(legend).queryType('range').maxLines(1_000),
});
