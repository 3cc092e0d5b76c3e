import type uPlot from 'uplot';
import { color } from './chart-style.js';
import type { Mark } from './marks.js';

/** Marks that have a name beside them: the others are thin lines. */
const NAMED: ReadonlySet<string> = new Set(['switch', 'move', 'done', 'rolled back', 'failed']);
const FONT_PX = 10;
/** Of a name that stands along its line: closer ones would lie on one another. */
const NAME_WIDTH_PX = 14;
const SPACE_PX = 6;

/** Draws the steps of deploys over a chart: each a dashed line, the weighty ones with their names along it. */
export const drawMarks = (plot: uPlot, marks: readonly Mark[]): void => {
  const { ctx, bbox, scales } = plot;
  const { min, max } = scales['x'] ?? {};
  const names: Name[] = [];
  ctx.save();
  ctx.font = `${FONT_PX * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { seconds, label } of marks) {
    if (seconds < (min ?? 0) || seconds > (max ?? 0)) continue;
    const x = Math.round(plot.valToPos(seconds, 'x', true));
    const isNamed = NAMED.has(label);
    ctx.strokeStyle = color(isNamed ? 'text' : 'soft');
    ctx.globalAlpha = isNamed ? 0.8 : 0.35;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (!isNamed) continue;
    names.push({ x, length: ctx.measureText(label).width, text: label });
  }
  const right = bbox.left + bbox.width;
  for (const { x, top, length, text } of placed(names, { height: bbox.height, right }, devicePixelRatio)) {
    ctx.save();
    ctx.translate(x + devicePixelRatio, bbox.top + top);
    ctx.rotate(Math.PI / 2);
    // Lines run through it: they stay faint behind it.
    ctx.globalAlpha = 0.75;
    ctx.fillStyle = color('panel');
    ctx.fillRect(-devicePixelRatio, 0, length + 2 * devicePixelRatio, -(NAME_WIDTH_PX - 2) * devicePixelRatio);
    ctx.globalAlpha = 1;
    ctx.fillStyle = color('text');
    ctx.fillText(text, 0, 0);
    ctx.restore();
  }
  ctx.restore();
};

type Name = Readonly<{ x: number; length: number; text: string }>;

/**
 * Where each name begins below the top of the chart, in pixels of the canvas as all figures here: under the names that
 * stand close before it. What does not fit there any more is left out, and what would stand beyond the right edge.
 * @param names from left to right
 * @param scale canvas pixels a pixel of the page
 */
export const placed = (
  names: readonly Name[],
  { height, right }: Readonly<{ height: number; right: number }>,
  scale: number,
): readonly (Name & Readonly<{ top: number }>)[] => {
  const all: (Name & Readonly<{ top: number }>)[] = [];
  for (const name of names) {
    if (name.x + NAME_WIDTH_PX * scale > right) continue;
    const close = all.filter(({ x }) => name.x - x < NAME_WIDTH_PX * scale);
    const top = Math.max(0, ...close.map((other) => other.top + other.length)) + (SPACE_PX / 2) * scale;
    if (top + name.length <= height) all.push({ ...name, top });
  }
  return all;
};
