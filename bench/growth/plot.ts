import { KINDS, type Growth, type Point } from './result.js';
import { SERIES } from './series.js';

type Panel = Readonly<{ title: string; of(point: Point): number }>;
const PANELS: readonly Panel[] = [
  { title: 'CPU of workers, s a million deliveries', of: ({ cpu }) => cpu },
  { title: 'p99 from publish to delivery, ms', of: ({ p99 }) => p99 },
  { title: 'as fast as it is delivered, thousand a second', of: ({ sustained }) => sustained / 1_000 },
];
/** Where there are few connections the memory of a process says nothing of one. */
const MEMORY: Panel = { title: 'resident memory, KiB a connection', of: ({ memory }) => memory };

const WIDTH = 760;
const PANEL = { width: 360, height: 190 };
const AREA = { left: 56, right: 14, top: 34, bottom: 30 };
const HEAD = 30;
const FOOT = 26;
const LINES = 4;
const STEPS = [1, 2, 2.5, 5, 10];
const COLORS: Readonly<Record<(typeof KINDS)[number], string>> = { ours: '#2f81f7', 'uws-json': '#b08800' };
// Readable on white and on black alike.
const INK = '#7d8590';

/** A plot of how something grows, as an SVG that needs no script, no font and no network: the same for the same figures. */
export const plotOf = (growth: Growth): string => {
  const series = SERIES.find(({ name }) => name === growth.name);
  if (series === undefined) throw new Error(`nothing grows by ${growth.name}`);
  const shown = growth.name === 'connections' ? [...PANELS, MEMORY] : PANELS;
  const rows = Math.ceil(shown.length / 2);
  const height = HEAD + rows * PANEL.height + FOOT;
  const panels = shown.map((panel, index) => {
    const [x, y] = [(index % 2) * (WIDTH - PANEL.width), HEAD + Math.floor(index / 2) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${panelOf(panel, growth)}</g>`;
  });
  const legend = KINDS.map((kind, index) => {
    const x = 20 + index * 110;
    return `<path d="M${x} ${height - 12}h18" stroke="${COLORS[kind]}" stroke-width="2"/><text x="${x + 24}" y="${height - 8}">${kind}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11" fill="${INK}" role="img">`,
    `<title>${series.title}</title><text x="20" y="18" font-size="13">${series.title}</text>`,
    ...panels,
    ...legend,
    `<text x="${WIDTH - 14}" y="${height - 8}" text-anchor="end">across: ${series.label}</text></svg>`,
    '',
  ].join('\n');
};

const panelOf = ({ title, of }: Panel, growth: Growth): string => {
  const xs = growth.ours.map(({ x }) => x);
  const step = stepOf(Math.max(...KINDS.flatMap((kind) => growth[kind].map(of)), Number.MIN_VALUE) / LINES);
  const across = (at: number): number => round(AREA.left + (at / Math.max(1, xs.length - 1)) * span('width'));
  const up = (value: number): number => round(PANEL.height - AREA.bottom - (value / (step * LINES)) * span('height'));
  const grid = Array.from({ length: LINES + 1 }, (_, index) => {
    const [y, value] = [up(index * step), Number((index * step).toPrecision(6)).toLocaleString('en-US')];
    return `<path d="M${AREA.left} ${y}H${PANEL.width - AREA.right}" stroke="${INK}" stroke-opacity=".3"/><text x="${AREA.left - 6}" y="${y + 4}" text-anchor="end">${value}</text>`;
  });
  const labels = xs.map(
    (x, at) =>
      `<text x="${across(at)}" y="${PANEL.height - 12}" text-anchor="middle">${x.toLocaleString('en-US')}</text>`,
  );
  const lines = KINDS.map((kind) => {
    const points = growth[kind].map((point, at) => `${across(at)} ${up(of(point))}`);
    const dots = points.map((point) => `<circle cx="${point.replace(' ', '" cy="')}" r="2.5" fill="${COLORS[kind]}"/>`);
    return `<path d="M${points.join('L')}" fill="none" stroke="${COLORS[kind]}" stroke-width="2"/>${dots.join('')}`;
  });
  return [`<text x="20" y="20">${title}</text>`, ...grid, ...labels, ...lines].join('');
};

const span = (side: 'width' | 'height'): number =>
  side === 'width' ? PANEL.width - AREA.left - AREA.right : PANEL.height - AREA.top - AREA.bottom;

const round = (value: number): number => Math.round(value * 10) / 10;

/** Round, and at least as large. */
const stepOf = (size: number): number => {
  const power = 10 ** Math.floor(Math.log10(size));
  return (STEPS.find((each) => each * power >= size) ?? 10) * power;
};
