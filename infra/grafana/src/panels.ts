import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsPanel } from '@grafana/grafana-foundation-sdk/logs';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { COLORS, WRONG, fixed, inColor, shadesOfWrong } from './colors.js';
import type { Query } from './queries.js';

/** Columns of Grafana's grid; a dashboard is 24 wide. */
export type Width = 4 | 6 | 8 | 12 | 24;

export type Content = Readonly<{
  title: string;
  /** What is seen, what is normal: every panel has one. */
  description: string;
  unit: string;
  queries: readonly [Query, ...Query[]];
  width?: Width;
}>;

/** A panel that has its size, and waits for its id and its place. */
export type Drawn = Builder<Panel> & Readonly<{ id(id: number): unknown }>;

type Common = TimeSeriesPanel | StatPanel | LogsPanel;

const common = <P extends Common>(
  panel: P,
  { title, description, queries }: Content,
  width: Width,
  rows: number,
): P => {
  panel.title(title).description(description).datasource(queries[0].datasource).span(width).height(rows);
  for (const [index, query] of queries.entries()) panel.withTarget(query.target(String.fromCharCode(65 + index)));
  return panel;
};

const legend = (calcs: string[]): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(calcs.length === 0 ? LegendDisplayMode.List : LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(calcs);

export type Look = Readonly<{
  stack?: true;
  bars?: true;
  /** A pattern of the names of the series that are faults. */
  wrong?: string;
  /** Every series is a fault. */
  allWrong?: true;
  /** Figures of each series, under the chart. */
  calcs?: string[];
  max?: number;
}>;

/** Lines over time. Blue and green are drawn so, faults red. */
export const chart = (content: Content, { stack, bars, wrong, allWrong, calcs = [], max }: Look = {}): Drawn => {
  const panel = common(new TimeSeriesPanel(), content, content.width ?? 12, 8)
    .unit(content.unit)
    .min(0)
    .legend(legend(calcs))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .lineWidth(stack === true ? 1 : 2)
    .fillOpacity(stack === true ? 60 : 8)
    .showPoints(VisibilityMode.Never);
  if (max !== undefined) panel.max(max);
  if (bars === true) panel.drawStyle(GraphDrawStyle.Bars).fillOpacity(80);
  if (stack === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (allWrong === true) panel.colorScheme(shadesOfWrong());
  if (wrong !== undefined) panel.overrideByRegexp(`/${wrong}/`, inColor(WRONG));
  for (const [name, color] of Object.entries(COLORS)) panel.overrideByName(name, inColor(color));
  return panel;
};

export type Figure = Readonly<{
  /** From here on the figure is red. */
  wrongFrom?: number;
  /** Below this the figure is red. */
  wrongBelow?: number;
  /** Show the series' name, with its value or alone. */
  text?: 'name' | 'both';
  decimals?: number;
}>;

/** One large figure: the last one. */
export const figure = (content: Content, { wrongFrom, wrongBelow, text, decimals }: Figure = {}): Drawn => {
  const panel = common(new StatPanel(), content, content.width ?? 4, 4)
    .unit(content.unit)
    .noValue('–')
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .graphMode(text === undefined ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(
      text === undefined
        ? BigValueTextMode.Value
        : text === 'name'
          ? BigValueTextMode.Name
          : BigValueTextMode.ValueAndName,
    );
  if (decimals !== undefined) panel.decimals(decimals);
  const steps =
    wrongBelow !== undefined
      ? [
          { value: null, color: WRONG },
          { value: wrongBelow, color: 'green' },
        ]
      : wrongFrom !== undefined
        ? [
            { value: null, color: 'green' },
            { value: wrongFrom, color: WRONG },
          ]
        : undefined;
  if (steps === undefined) panel.colorScheme(fixed('text'));
  else panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
  for (const [name, color] of Object.entries(COLORS)) panel.overrideByName(name, inColor(color));
  return panel;
};

/** Log lines, newest first; a click on one shows its fields. */
export const lines = (content: Omit<Content, 'unit'>, rows = 16): Drawn =>
  common(new LogsPanel(), { ...content, unit: 'none' }, content.width ?? 24, rows)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .showLogContextToggle(true);
