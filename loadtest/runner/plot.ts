/** A line of a plot; undefined: nothing was measured then. `color`: 1 to 4, of the page's palette. */
export type Series = Readonly<{ name: string; color: number; values: readonly (number | undefined)[] }>;
export type Plot = Readonly<{ title: string; unit: string; series: readonly Series[] }>;
/** Seconds that are shaded, and why. */
export type Span = Readonly<{ name: string; from: number; to: number }>;

const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 28;
const LINES = 4;
const STEPS = [1, 2, 2.5, 5, 10];

/** `seconds`: where each value stands. SVG that needs no script and no network. */
export const plotSvg = ({ title, unit, series }: Plot, seconds: readonly number[], span: Span | undefined): string => {
  const end = Math.max(1, seconds.at(-1) ?? 1);
  const step = stepOf(Math.max(1, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))) / LINES);
  const top = step * LINES;
  const x = (second: number): number => LEFT + (second / end) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const grid = Array.from({ length: LINES + 1 }, (_, index) => {
    const at = y(index * step).toFixed(1);
    const label = `<text x="${LEFT - 8}" y="${at}" class="value">${(index * step).toLocaleString('en-US')}</text>`;
    return `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" class="grid"/>${label}`;
  });
  const timeStep = stepOf(end / 6);
  const times = Array.from({ length: Math.floor(end / timeStep) + 1 }, (_, index) => {
    const second = index * timeStep;
    return `<text x="${x(second).toFixed(1)}" y="${HEIGHT - 8}" class="time">${second} s</text>`;
  });
  const lines = series.map(({ name, color, values }) => {
    const path = pathOf(values, (index) => x(seconds[index] ?? 0), y);
    return `<path d="${path}" class="line c${color}"><title>${name}</title></path>`;
  });
  const legend = series.map(({ name, color }) => `<li class="c${color}">${name}</li>`).join('');
  return `<figure><figcaption>${title} <small>${unit}</small></figcaption><ul>${legend}</ul>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}, ${unit}">${[...shade(span, x), ...grid, ...times, ...lines].join('')}</svg></figure>`;
};

const shade = (span: Span | undefined, x: (second: number) => number): readonly string[] => {
  if (span === undefined) return [];
  const width = Math.max(1, x(span.to) - x(span.from)).toFixed(1);
  const from = x(span.from).toFixed(1);
  return [
    `<rect x="${from}" y="${TOP}" width="${width}" height="${HEIGHT - TOP - BOTTOM}" class="span"/>`,
    `<text x="${from}" y="${TOP + 10}" class="span">${span.name}</text>`,
  ];
};

/** Round, and at least as large. */
const stepOf = (size: number): number => {
  const power = 10 ** Math.floor(Math.log10(size));
  return (STEPS.find((step) => step * power >= size) ?? 10) * power;
};

/** Broken where nothing was measured. */
const pathOf = (
  values: readonly (number | undefined)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string =>
  values
    .map((value, index) => {
      if (value === undefined) return '';
      const begins = values[index - 1] === undefined;
      return `${begins ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
