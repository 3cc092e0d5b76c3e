import uPlot from 'uplot';
import { find } from '../shared/elements.js';
import { axis, brief, color, fill, whenColorsChange } from './chart-style.js';
import { listOf, readFigure } from './frames.js';
import type { Fields } from '../shared/fields.js';

const HEIGHT = 190;

/** For how long the open connections have lasted, as a histogram. */
export class DurationsChart {
  readonly #holder = find('chart-durations', HTMLElement);
  #plot: uPlot | undefined;
  #labels: readonly string[] = [];
  #shown: Fields | undefined;

  constructor() {
    new ResizeObserver(() => {
      const { clientWidth: width } = this.#holder;
      if (width > 0) this.#plot?.setSize({ width, height: HEIGHT });
    }).observe(this.#holder);
    whenColorsChange(() => {
      this.#plot?.destroy();
      this.#plot = undefined;
      if (this.#shown !== undefined) this.show(this.#shown);
    });
  }

  show(fields: Fields): void {
    this.#shown = fields;
    const buckets = listOf(fields['buckets']);
    const bounds = buckets.map((bucket) => readFigure(bucket['up_to_seconds']));
    const counts = buckets.map((bucket) => readFigure(bucket['connections']) ?? 0);
    this.#labels = bounds.map((bound, index) =>
      bound === null ? `> ${span(bounds[index - 1] ?? 0)}` : `≤ ${span(bound)}`,
    );
    this.#plot ??= this.#create(counts.length);
    this.#plot.setData([counts.map((_, index) => index), counts]);
    const words = this.#labels.map((label, index) => `${label}: ${counts[index] ?? 0}`);
    this.#holder.setAttribute('aria-label', `Durations of open connections; ${words.join(', ')}`);
  }

  #create(bars: number): uPlot {
    const options: uPlot.Options = {
      width: Math.max(1, this.#holder.clientWidth),
      height: HEIGHT,
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [-0.6, bars - 0.4] },
        y: { range: (_plot, _min, max) => [0, Number.isFinite(max) && max > 0 ? max * 1.1 : 1] },
      },
      axes: [
        axis({
          splits: () => Array.from({ length: bars }, (_, index) => index),
          values: (_plot, splits) => splits.map((index) => this.#labels[index] ?? ''),
          rotate: -45,
          size: 60,
          grid: { show: false },
        }),
        axis({ size: 46, values: (_plot, values) => values.map(brief) }),
      ],
      series: [
        {},
        {
          stroke: color('violet'),
          fill: fill('violet'),
          points: { show: false },
          ...(uPlot.paths.bars === undefined ? {} : { paths: uPlot.paths.bars({ size: [0.8, 60] }) }),
        },
      ],
    };
    return new uPlot(options, [[], []], this.#holder);
  }
}

/** `15 min` */
const span = (seconds: number): string => {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${seconds / 60} min`;
  return seconds < 86_400 ? `${seconds / 3_600} h` : `${seconds / 86_400} d`;
};
