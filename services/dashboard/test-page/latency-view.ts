import uPlot from 'uplot';
import { find } from '../shared/elements.js';
import { figuresOf, type LatencyFigures, type RoundTrip } from './latency.js';

const HEIGHT = 140;
const NONE = '–';
const FIGURES = ['last', 'median', 'p95'] as const;
const SERIES = ['ack', 'delivery'] as const;

/** How long publishes took: a chart of the newest ones, and figures of them in a table. */
export class LatencyView {
  readonly #place = find('latency-chart', HTMLElement);
  readonly #chart: uPlot;
  #shown: readonly RoundTrip[] | undefined;

  constructor() {
    this.#chart = new uPlot(options(this.#place.clientWidth), [[], [], []], this.#place);
    new ResizeObserver(() => {
      const width = this.#place.clientWidth;
      if (width > 0) this.#chart.setSize({ width, height: HEIGHT });
    }).observe(this.#place);
    const redraw = (): void => this.#chart.redraw();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  }

  show(trips: readonly RoundTrip[]): void {
    const acks = trips.map(({ ack }) => ack ?? null);
    const deliveries = trips.map(({ delivery }) => delivery ?? null);
    for (const series of SERIES) {
      const figures = figuresOf(trips.map((trip) => trip[series]));
      for (const name of FIGURES) find(`${series}-${name}`, HTMLElement).textContent = ms(figures?.[name]);
    }
    if (trips === this.#shown && !trips.some(({ delivery }) => delivery === undefined)) return;
    this.#shown = trips;
    this.#chart.setData([trips.map((_, index) => index + 1), acks, deliveries]);
    this.#place.setAttribute('aria-label', spoken(trips.length, figuresOf(trips.map(({ ack }) => ack))));
  }
}

const ms = (value: number | undefined): string => (value === undefined ? NONE : `${value.toFixed(1)} ms`);

const spoken = (count: number, acks: LatencyFigures | undefined): string =>
  acks === undefined
    ? 'Chart of round trips: none yet'
    : `Chart of the last ${count} round trips: acks took ${ms(acks.median)} in the median, ${ms(acks.p95)} at the 95th percentile`;

/** As the theme has it at the moment of drawing: a canvas knows no CSS variables. */
const inkOf = (id: string) => (): string => getComputedStyle(find(id, HTMLElement)).color;

const options = (width: number): uPlot.Options => {
  const font = '11px system-ui, sans-serif';
  const axis = {
    stroke: inkOf('latency-axis'),
    font,
    grid: { stroke: inkOf('latency-grid'), width: 1 },
    ticks: { show: false },
  };
  const series = (name: (typeof SERIES)[number]): uPlot.Series => ({
    label: name,
    stroke: inkOf(`latency-${name}`),
    width: 1.5,
    spanGaps: true,
    points: { show: true, size: 4, fill: inkOf(`latency-${name}`) },
  });
  return {
    width: Math.max(width, 1),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, size: 22 },
      { ...axis, size: 42, values: (_chart, ticks) => ticks.map((tick) => `${tick} ms`) },
    ],
    series: [{}, series('ack'), series('delivery')],
  };
};
