import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  TimePickerBuilder,
  type AnnotationQuery,
  type Dashboard,
  type DashboardLink,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Drawn } from './panels.js';

export type Row = Readonly<{ title: string; panels: readonly Drawn[] }>;

export type Board = Readonly<{
  uid: string;
  title: string;
  description: string;
  variables?: readonly Builder<VariableModel>[];
  annotations?: readonly Builder<AnnotationQuery>[];
  links?: readonly Builder<DashboardLink>[];
  rows: readonly Row[];
}>;

/** Every dashboard of ours has it; the links between them go by it. */
const TAG = 'switchyard';

const others = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Switchyard')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(false)
    .includeVars(false)
    .keepTime(true);

/** The dashboard as Grafana takes it. Ids go in the order of the panels, so that the same code makes the same file. */
export const board = ({
  uid,
  title,
  description,
  variables = [],
  annotations = [],
  links = [],
  rows,
}: Board): Dashboard => {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .timezone('browser')
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-15m', to: 'now' })
    .timepicker(new TimePickerBuilder().refreshIntervals(['5s', '10s', '30s', '1m', '5m']))
    .refresh('5s')
    .variables([...variables])
    .annotations([...annotations])
    .links([others(), ...links]);
  let id = 0;
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title).id((id += 1)));
    for (const panel of row.panels) {
      panel.id((id += 1));
      dashboard.withPanel(panel);
    }
  }
  return dashboard.build();
};
