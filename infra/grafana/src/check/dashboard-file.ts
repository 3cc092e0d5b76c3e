import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Where the committed dashboards are, from the root of the checkout. */
export const DASHBOARDS = [
  'infra/grafana/dashboards/websocket.json',
  'infra/grafana/dashboards/logs.json',
  'infra/grafana/dashboards/deploys.json',
  'grafana/websocket-tool.json',
] as const;

const Datasource = z.object({ type: z.enum(['prometheus', 'loki']), uid: z.string().min(1) });
const Target = z.object({
  refId: z.string().min(1),
  datasource: Datasource,
  expr: z.string().min(1),
  instant: z.boolean().optional(),
});
const Panel = z.object({
  id: z.number().int(),
  type: z.string(),
  title: z.string().min(1),
  description: z.string().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(Target).default([]),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().optional() }) }).optional(),
});
const Variable = z.object({
  name: z.string().min(1),
  type: z.enum(['query', 'textbox']),
  datasource: Datasource.optional(),
  allValue: z.string().optional(),
  query: z.union([z.string(), z.object({ query: z.string().optional(), label: z.string().optional() })]),
});
const Annotation = z.object({
  name: z.string().min(1),
  datasource: Datasource,
  target: Target.omit({ datasource: true }),
});
const DashboardFile = z.object({
  uid: z.string().min(1),
  title: z.string().min(1),
  panels: z.array(Panel),
  templating: z.object({ list: z.array(Variable) }),
  annotations: z.object({ list: z.array(Annotation) }),
});

export type Variable = z.infer<typeof Variable>;
export type DashboardFile = z.infer<typeof DashboardFile>;

/** The parts of a dashboard that ask something. Throws when one of them is not as Grafana needs it. */
export const readDashboard = (file: string): DashboardFile => {
  const parsed = DashboardFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is no dashboard of ours:\n${z.prettifyError(parsed.error)}`);
};
