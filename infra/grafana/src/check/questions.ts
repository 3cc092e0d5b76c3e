import type { DashboardFile, Variable } from './dashboard-file.js';

/** What a dashboard asks of a datasource, and where it does. `over`: its time, its end, or which values a label has. */
export type Question = Readonly<{
  dashboard: string;
  /** The panel, annotation or variable. */
  place: string;
  source: 'prometheus' | 'loki';
  over: 'time' | 'end' | 'labels';
  /** As it stands in the file, variables and all. */
  expr: string;
}>;

/** Every query of a dashboard: those of its panels, its annotations and its variables. */
export const questionsOf = ({ title, panels, annotations, templating }: DashboardFile): readonly Question[] => [
  ...panels.flatMap((panel) =>
    panel.targets.map(({ refId, datasource, expr, instant }) => ({
      dashboard: title,
      place: `panel "${panel.title}", query ${refId}`,
      source: datasource.type,
      over: instant === true ? ('end' as const) : ('time' as const),
      expr,
    })),
  ),
  ...annotations.list.map(({ name, datasource, target }) => ({
    dashboard: title,
    place: `annotation "${name}"`,
    source: datasource.type,
    over: 'time' as const,
    expr: target.expr,
  })),
  ...templating.list.flatMap((variable) => questionOfVariable(title, variable)),
];

const questionOfVariable = (dashboard: string, { name, type, datasource, query }: Variable): readonly Question[] => {
  if (type === 'textbox') return [];
  const expr = typeof query === 'string' ? query : (query.query ?? query.label);
  if (datasource === undefined || expr === undefined)
    throw new Error(`${dashboard}: the variable ${name} asks nothing`);
  return [{ dashboard, place: `variable "${name}"`, source: datasource.type, over: 'labels', expr }];
};

/** The time that is asked about, and the steps it is drawn in; in seconds. */
export type View = Readonly<{ range: number; step: number; scrape: number }>;

/** A dashboard as it opens, a quarter of an hour: Grafana draws no finer than the scrape interval that it takes, s. */
export const viewOf = (interval: number): View => ({ range: 900, step: interval, scrape: interval });

/** The query as Grafana sends it when the dashboard is opened: every variable at "All", every text box empty. */
export const filledIn = (expr: string, variables: readonly Variable[], { range, step, scrape }: View): string => {
  const values = new Map<string, string>([
    ['__rate_interval', `${Math.max(step + scrape, 4 * scrape)}s`],
    ['__interval', `${step}s`],
    ['__auto', `${step}s`],
    ['__range', `${range}s`],
    ...variables.map(({ name, type, allValue = '.*' }) => [name, type === 'textbox' ? '' : allValue] as const),
  ]);
  return expr.replaceAll(/\$(\w+)/g, (all, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`no variable ${all} in: ${expr}`);
    return value;
  });
};
