import type uPlot from 'uplot';

/** The colors of the page, as its style sheet has them now. */
export const color = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The same with a share of transparency, for what is filled. */
export const fill = (name: string): string => `color-mix(in srgb, ${color(name)} 35%, transparent)`;

export const axis = (more: uPlot.Axis = {}): uPlot.Axis => ({
  stroke: color('soft'),
  grid: { stroke: color('line'), width: 1 },
  ticks: { stroke: color('line'), width: 1 },
  font: '11px system-ui, sans-serif',
  ...more,
});

/** `1.5k`, so that the axis stays narrow. */
export const brief = (value: number): string =>
  Math.abs(value) >= 1_000 ? `${Number((value / 1_000).toFixed(1))}k` : String(Number(value.toFixed(2)));

export const whenColorsChange = (act: () => void): void => {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', act);
};
