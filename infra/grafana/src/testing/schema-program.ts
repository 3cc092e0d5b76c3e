import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Panel kinds whose own options and field options Grafana describes, and the names of their types. */
const KINDS = {
  timeseries: { options: 'timeseries.Options', custom: 'Partial<timeseries.FieldConfig>' },
  stat: { options: 'stat.Options', custom: undefined },
  table: { options: 'table.Options', custom: 'Partial<table.FieldConfig>' },
  logs: { options: 'logs.Options', custom: undefined },
} as const;

const PREAMBLE = `
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type * as logs from '@grafana/grafana-foundation-sdk/logs';
import type * as loki from '@grafana/grafana-foundation-sdk/loki';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** A type as its JSON: enumerations are their values, and there are no methods. */
type Json<T> = T extends string
  ? \`\${T}\`
  : T extends readonly (infer E)[]
    ? Json<E>[]
    : T extends object
      ? { [K in keyof T as T[K] extends (...words: never[]) => unknown ? never : K]: Json<T[K]> }
      : T;
`;

const Query = z.looseObject({ datasource: z.object({ type: z.enum(['prometheus', 'loki']) }) });
const Panel = z.looseObject({
  type: z.enum(['timeseries', 'stat', 'table', 'logs', 'row']),
  options: z.unknown().optional(),
  fieldConfig: z.object({ defaults: z.looseObject({ custom: z.unknown().optional() }) }).optional(),
  targets: z.array(Query).default([]),
});
const File = z.object({
  panels: z.array(Panel),
  annotations: z.object({ list: z.array(z.looseObject({ target: Query })) }),
});

/** What only an export for import elsewhere has, beside the dashboard. */
const OF_AN_EXPORT = new Set(['__inputs', '__elements', '__requires']);

/**
 * A TypeScript program that the compiler takes only if the file is a dashboard by the types that Grafana generates from its schemas:
 * every field known, of its type, an enumeration's value one of it; the dashboard, each panel's options, each query.
 */
export const schemaProgram = (file: string): string => {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const { panels, annotations } = File.parse(parsed);
  const fields = Object.entries(z.record(z.string(), z.unknown()).parse(parsed));
  const lines: string[] = [];
  const say = (type: string, value: unknown): void => {
    if (value !== undefined) lines.push(`export const v${lines.length}: Json<${type}> = ${JSON.stringify(value)};`);
  };
  say('Dashboard', Object.fromEntries(fields.filter(([name]) => !OF_AN_EXPORT.has(name))));
  for (const { type, options, fieldConfig, targets } of panels) {
    for (const query of targets) say(queryType(query), query);
    if (type === 'row') continue;
    const kind = KINDS[type];
    say(kind.options, options);
    if (kind.custom !== undefined) say(kind.custom, fieldConfig?.defaults.custom);
  }
  for (const { target } of annotations.list) say(queryType(target), target);
  return `${PREAMBLE}\n${lines.join('\n')}\n`;
};

const queryType = ({ datasource }: z.infer<typeof Query>): string =>
  datasource.type === 'loki' ? 'loki.dataquery' : 'prometheus.Dataquery';
