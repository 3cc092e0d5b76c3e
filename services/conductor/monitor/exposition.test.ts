import { expect, test } from 'vitest';
import { Exposition } from './exposition.js';

test('the sum of a metric is over all its labels, and over nothing else', () => {
  const metrics = new Exposition('# TYPE a_total counter\na_total{x="1"} 2\na_total{x="2"} 3\na_total_more 9\nb 4\n');
  expect([metrics.sum('a_total'), metrics.sum('b'), metrics.sum('c')]).toEqual([5, 4, undefined]);
});

test('labels are read whatever stands in them, and values of every form', () => {
  const metrics = new Exposition('e{type="a,b=\\"c\\" }",of="x"} 1e3 1700000000000\ne{of="y"} +Inf\nnonsense\ne{ 5\n');
  expect(metrics.series('e')).toEqual([
    { labels: { type: 'a,b="c" }', of: 'x' }, value: 1_000 },
    { labels: { of: 'y' }, value: Infinity },
  ]);
  expect(metrics.by('e', 'type')).toEqual(
    new Map([
      ['a,b="c" }', 1_000],
      ['', Infinity],
    ]),
  );
});
