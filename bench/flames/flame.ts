import type { Frame, Kind } from './profile.js';

const WIDTH = 1_200;
const ROW = 17;
const HEAD = 44;
const FOOT = 10;
/** What is narrower is not drawn, in pixels. */
const LEAST = 1.2;
/** Room of a letter. */
const LETTER = 6.6;
const COLORS: Readonly<Record<Kind, string>> = {
  ours: '#e8793a',
  package: '#d9b44a',
  node: '#8fae5d',
  native: '#9aa0a6',
};
const KINDS: readonly (readonly [Kind, string])[] = [
  ['ours', 'ours'],
  ['package', 'packages'],
  ['node', 'Node'],
  ['native', 'native code, garbage collector'],
];

type Box = Readonly<{ frame: Frame; x: number; depth: number }>;

/**
 * A flame graph: each box is a function, as wide as it ran, on the one that called it. An SVG that needs no script, no font and no
 * network; names in full, with shares, are its titles.
 */
export const flameOf = (root: Frame, title: string): string => {
  const scale = WIDTH / Math.max(root.total, 1);
  const boxes = boxesOf(root, scale);
  const depth = Math.max(...boxes.map((box) => box.depth), 0);
  const height = HEAD + (depth + 1) * ROW + FOOT;
  const drawn = boxes.map(({ frame, x, depth: level }) => {
    const width = frame.total * scale;
    const y = height - FOOT - (level + 1) * ROW;
    const label = labelOf(frame, width);
    const words = label === '' ? '' : `<text x="${round(x + 3)}" y="${y + 12}">${escaped(label)}</text>`;
    const share = ((frame.total / Math.max(root.total, 1)) * 100).toFixed(1);
    const full = escaped(`${frame.name}${frame.place === '' ? '' : `, ${frame.place}`}: ${share} %`);
    const box = `<rect x="${round(x)}" y="${y}" width="${round(width - 0.4)}" height="${ROW - 1}" fill="${COLORS[frame.kind]}"/>`;
    return `<g><title>${full}</title>${box}${words}</g>`;
  });
  const legend = KINDS.map(
    ([kind, words], index) =>
      `<rect x="${8 + index * 120}" y="26" width="10" height="10" fill="${COLORS[kind]}"/><text x="${22 + index * 120}" y="35" fill="#7d8590">${words}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11" fill="#1a1a1a" role="img">`,
    `<title>${escaped(title)}</title><text x="8" y="17" font-size="13" fill="#7d8590">${escaped(title)}</text>`,
    ...legend,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
};

const boxesOf = (root: Frame, scale: number): readonly Box[] => {
  const boxes: Box[] = [];
  const walk = (frame: Frame, x: number, depth: number): void => {
    if (frame.total * scale < LEAST) return;
    boxes.push({ frame, x, depth });
    let at = x;
    // By name: two graphs of the same work look alike.
    for (const child of [...frame.children.values()].toSorted((a, b) => a.name.localeCompare(b.name))) {
      walk(child, at, depth + 1);
      at += child.total * scale;
    }
  };
  walk(root, 0, 0);
  return boxes;
};

const labelOf = ({ name }: Frame, width: number): string => {
  const room = Math.floor((width - 6) / LETTER);
  if (room < 3) return '';
  return name.length <= room ? name : `${name.slice(0, room - 1)}…`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const round = (value: number): number => Math.round(value * 10) / 10;
