import type uPlot from 'uplot';

const resolved = new Map<string, string>();

/** A color of the page, as its style sheet has it in the theme of now: canvases know no variables. */
export const color = (name: string): string => {
  const known = resolved.get(name);
  if (known !== undefined) return known;
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  resolved.set(name, found);
  return found;
};

/** The same, thinner, for what is filled. */
export const fill = (name: string): string => color(name).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.35)');

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

/** The theme is another, by the system's wish or a person's. */
export const whenColorsChange = (act: () => void): void => {
  const changed = (): void => {
    resolved.clear();
    act();
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ['data-theme'] });
};
