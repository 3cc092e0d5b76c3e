import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { plotOf } from './plot.js';
import { readGrowth } from './result.js';
import { SERIES_NAMES } from './series.js';

const FOLDER = 'docs/performance';

test('the plots in docs/performance are what `make bench-growth` draws of the figures beside them', () => {
  const { growths } = readGrowth(`${FOLDER}/growth.json`);
  expect(growths.map(({ name }) => name)).toEqual(SERIES_NAMES);
  for (const growth of growths) {
    expect(readFileSync(`${FOLDER}/${growth.name}.svg`, 'utf8')).toBe(plotOf(growth));
  }
});

test('docs/PERFORMANCE.md shows each plot, and each flame graph', () => {
  const page = readFileSync('docs/PERFORMANCE.md', 'utf8');
  const shown = [...page.matchAll(/!\[[^\]]+\]\(performance\/([\w-]+)\.svg\)/g)].map(([, name = '']) => name);
  expect(new Set(shown)).toEqual(new Set([...SERIES_NAMES, 'echo', 'fanout', 'idle', 'publish']));
  for (const name of shown) expect(readFileSync(`${FOLDER}/${name}.svg`, 'utf8')).toContain('<svg');
});
