import uPlot from 'uplot';
import { find } from '../shared/elements.js';
import type { Figure } from './frames.js';
import { drawMarks } from './mark-drawing.js';
import type { Mark } from './marks.js';
import { axis, brief, color, fill } from './chart-style.js';

export type ChartLine = Readonly<{
  label: string;
  color: string;
  isFilled?: boolean;
  /** The line before this one lies on top of it: filled down to it. */
  isBase?: boolean;
  /** What the legend shows at this index; the drawn value by default. */
  shown?(index: number): Figure;
}>;

const HEIGHT = 190;
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const clock = (seconds: number): string => CLOCK.format(seconds * 1000);

/** A chart over time, with the steps of deploys marked. */
export class TimeChart {
  readonly #holder: HTMLElement;
  readonly #lines: readonly ChartLine[];
  readonly #unit: string;
  #plot: uPlot | undefined;
  #marks: readonly Mark[] = [];

  constructor(id: string, unit: string, lines: readonly ChartLine[]) {
    this.#holder = find(id, HTMLElement);
    this.#unit = unit;
    this.#lines = lines;
    new ResizeObserver(() => {
      const { clientWidth: width } = this.#holder;
      if (width > 0) this.#plot?.setSize({ width, height: HEIGHT });
    }).observe(this.#holder);
  }

  /** Columns in the order of the lines; `span` is what of the time is shown, s. */
  draw(
    seconds: readonly number[],
    columns: readonly (readonly Figure[])[],
    marks: readonly Mark[],
    { from, to }: Readonly<{ from: number; to: number }>,
  ): void {
    this.#marks = marks;
    const plot = (this.#plot ??= this.#create());
    plot.batch(() => {
      plot.setData([[...seconds], ...columns.map((column) => [...column])], false);
      plot.setScale('x', { min: from, max: to });
    });
    // Of now, as long as nobody points at another moment.
    if ((plot.cursor.left ?? -1) < 0) plot.setLegend({ idx: seconds.length - 1 }, false);
    this.#describe(columns);
  }

  /** The colors are others now. */
  repaint(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #create(): uPlot {
    const options: uPlot.Options = {
      width: Math.max(1, this.#holder.clientWidth),
      height: HEIGHT,
      cursor: { drag: { x: false, y: false } },
      scales: { y: { range: (_plot, _min, max) => [0, Number.isFinite(max) && max > 0 ? max * 1.1 : 1] } },
      bands: this.#lines.flatMap((line, index) =>
        line.isBase === true
          ? [
              {
                series: [index, index + 1] as uPlot.Band.Bounds,
                fill: fill(this.#lines[index - 1]?.color ?? line.color),
              },
            ]
          : [],
      ),
      axes: [
        axis({ space: 70, values: (_plot, seconds) => seconds.map(clock) }),
        axis({ size: 46, values: (_plot, values) => values.map(brief) }),
      ],
      series: [
        { label: 'Time', value: (_plot, seconds: number | null) => (seconds === null ? '–' : clock(seconds)) },
        ...this.#lines.map((line) => ({
          label: line.label,
          stroke: color(line.color),
          width: 1.5,
          ...(line.isFilled === true ? { fill: fill(line.color) } : {}),
          points: { show: false },
          value: (_plot: uPlot, drawn: number | null, _series: number, index: number | null): string => {
            const value = index === null || line.shown === undefined ? drawn : line.shown(index);
            return value === null ? '–' : `${brief(value)}${this.#unit}`;
          },
        })),
      ],
      hooks: { draw: [(plot) => drawMarks(plot, this.#marks)] },
    };
    return new uPlot(options, [[], ...this.#lines.map(() => [])], this.#holder);
  }

  /** For those who do not see it: what its lines say now. */
  #describe(columns: readonly (readonly Figure[])[]): void {
    const words = this.#lines.map(({ label, shown }, index) => {
      const last = (columns[index]?.length ?? 0) - 1;
      const value = shown === undefined ? columns[index]?.[last] : shown(last);
      return `${label} ${value === null || value === undefined ? 'unknown' : brief(value)}${this.#unit}`;
    });
    this.#holder.setAttribute('aria-label', `Chart over time; now: ${words.join(', ')}`);
  }
}
