import { expect, test } from 'vitest';
import { reportLines, shown } from './report.js';
import { figureWith, resultWith } from './testing/results.js';

test.each([
  [1.3456, '×', '1.35×'],
  [0.0461, 's/s', '0.0461 s/s'],
  [1_220_097.4, '/s', '1,220,097/s'],
  [861.4, 'ms', '861 ms'],
  [0, '', '0'],
  [Number.NaN, 'ms', 'not measured'],
])('%d %s is shown as %s', (value, unit, text) => {
  expect(shown(value, unit)).toBe(text);
});

test('a row has its target, whether it is met, and how far the rounds are apart', () => {
  const lines = reportLines(resultWith([figureWith({ value: 1.5, atMost: 1.25, spread: 0.074 })]));
  expect(lines.join('\n')).toMatch(/^echo: CPU a message +1\.5× +≤ 1\.25× +not met +7 %$/m);
  expect(lines).toContain('0 of 1 targets met (echo)');
  expect(lines).toContain('NOT MET: echo: CPU a message: 1.5×, ≤ 1.25×');
});

test('what has no target is not counted', () => {
  const lines = reportLines(resultWith([figureWith({ value: 2 }), figureWith({ value: 3, atLeast: 2 })]));
  expect(lines).toContain('1 of 1 targets met (echo)');
  expect(lines.filter((line) => line.startsWith('NOT MET'))).toEqual([]);
});

test('it says so when the machine was busy with others, and only then', () => {
  const busy = /busy with others \(31 % of it\)/;
  expect(reportLines(resultWith([], { othersShare: 0.31 })).join('\n')).toMatch(busy);
  expect(reportLines(resultWith([], { othersShare: 0.19 })).join('\n')).not.toContain('busy');
});

test('one round has no spread, and a quick look says what it is', () => {
  const lines = reportLines(resultWith([figureWith({ spread: 0 })], { rounds: 1, isQuick: true })).join('\n');
  expect(lines).not.toContain(' %');
  expect(lines).toContain('A quick look');
});
