import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plotOf } from './plot.js';
import { readGrowth, type Growth, type Point } from './result.js';
import { SERIES } from './series.js';

const docs = resolve(import.meta.dirname, '../../docs/performance');

const point = (x: number, cpu: number): Point => ({
  x,
  cpu,
  redis: 0,
  p50: 1,
  p99: 2,
  sustained: 1_500_000,
  memory: 9,
  lost: 0,
});
const growth: Growth = {
  name: 'workers',
  ours: [point(1, 5), point(2, 10), point(4, 20)],
  'uws-json': [point(1, 4), point(2, 4), point(4, 4)],
};

describe('a plot', () => {
  test('has a line of each server in each panel, from the lowest figure to the highest', () => {
    const svg = plotOf(growth);
    expect(svg.match(/fill="none" stroke="#2f81f7"/g)).toHaveLength(4);
    expect(svg.match(/fill="none" stroke="#b08800"/g)).toHaveLength(4);
    // 20 of a scale that ends at 20 is at its top, 5 a quarter above its foot.
    expect(svg).toContain('M56 128.5L201 97L346 34"');
    expect(svg).toContain('>1,600</text>'.replace('1,600', '2,000'));
    expect(svg).toContain('across: workers');
  });

  test('is the same for the same figures', () => {
    expect(plotOf(growth)).toBe(plotOf(structuredClone(growth)));
  });
});

describe('docs/performance', () => {
  const result = readGrowth(join(docs, 'growth.json'));

  test('has a figure of everything that grows, and nothing was lost', () => {
    expect(result.growths.map(({ name }) => name)).toEqual(SERIES.map(({ name }) => name));
    for (const { name, ours } of result.growths) {
      expect(ours.map(({ x }) => x)).toEqual(SERIES.find((series) => series.name === name)?.points.map(({ x }) => x));
      expect(ours.filter(({ lost }) => lost > 0)).toEqual([]);
    }
  });

  test('has the plots of its own figures', () => {
    for (const each of result.growths) expect(readFileSync(join(docs, `${each.name}.svg`), 'utf8')).toBe(plotOf(each));
    expect(readdirSync(docs).filter((name) => name.endsWith('.svg')).length).toBe(SERIES.length);
  });
});
