import { describe, expect, test } from 'vitest';
import { plotOf } from './plot.js';
import type { Growth, Point } from './result.js';

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
    expect(svg.match(/fill="none" stroke="#2f81f7"/g)).toHaveLength(3);
    expect(svg.match(/fill="none" stroke="#b08800"/g)).toHaveLength(3);
    // 20 of a scale that ends at 20 is at its top, 5 a quarter above its foot.
    expect(svg).toContain('M56 128.5L201 97L346 34"');
    expect(svg).toContain('>2,000</text>');
    expect(svg).toContain('across: workers');
  });

  test('is the same for the same figures', () => {
    expect(plotOf(growth)).toBe(plotOf(structuredClone(growth)));
  });
});
