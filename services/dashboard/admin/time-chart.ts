import uPlot from 'uplot';
import { find } from '../shared/elements.js';
import type { Figure } from './frames.js';
import type { Mark } from './chart-data.js';
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
/** Marks that have a name beside them: the others are thin lines. */
const NAMED: ReadonlySet<string> = new Set(['switch', 'move', 'done', 'rolled back', 'failed']);

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

  /** Columns in the order of the lines; `fromSeconds` is where the axis begins. */
  draw(
    seconds: readonly number[],
    columns: readonly (readonly Figure[])[],
    marks: readonly Mark[],
    fromSeconds: number,
  ): void {
    this.#marks = marks;
    const plot = (this.#plot ??= this.#create());
    plot.batch(() => {
      plot.setData([[...seconds], ...columns.map((column) => [...column])], false);
      plot.setScale('x', { min: fromSeconds, max: seconds.at(-1) ?? fromSeconds + 1 });
    });
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
      hooks: { draw: [(plot) => this.#drawMarks(plot)] },
    };
    return new uPlot(options, [[], ...this.#lines.map(() => [])], this.#holder);
  }

  #drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { min = 0, max = 0 } = plot.scales['x'] ?? {};
    ctx.save();
    ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    for (const mark of this.#marks) {
      if (mark.seconds < (min ?? 0) || mark.seconds > (max ?? 0)) continue;
      const x = Math.round(plot.valToPos(mark.seconds, 'x', true));
      const isNamed = NAMED.has(mark.label);
      ctx.strokeStyle = color(isNamed ? 'text' : 'soft');
      ctx.globalAlpha = isNamed ? 0.8 : 0.35;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      if (!isNamed) continue;
      ctx.fillStyle = color('text');
      ctx.save();
      ctx.translate(x, bbox.top + 3 * devicePixelRatio);
      ctx.rotate(Math.PI / 2);
      ctx.fillText(mark.label, 0, 0);
      ctx.restore();
    }
    ctx.restore();
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
