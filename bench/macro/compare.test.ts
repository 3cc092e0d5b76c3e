import { expect, test } from 'vitest';
import { compare, TOLERANCE } from './compare.js';
import { figureWith, resultWith } from './testing/results.js';

const before = resultWith([
  figureWith({ value: 1 }),
  figureWith({ name: 'rate', value: 1, atLeast: 0.4 }),
  figureWith({ name: 'most', value: 1, better: 'more' }),
  figureWith({ name: 'ms', value: 1, unit: 'ms', ratio: false }),
]);
const beyond = 1 + TOLERANCE + 0.01;

test('a ratio that is worse by more than is allowed fails, in words', () => {
  const { failures } = compare(resultWith([figureWith({ value: beyond })]), before);
  expect(failures).toEqual(['echo: CPU a message was 1× and is 1.16×: worse by 16 %, and 15 % are allowed']);
});

test('less of what is better the more it is, is worse', () => {
  for (const more of [
    { name: 'rate', atLeast: 0.4 },
    { name: 'most', better: 'more' },
  ] as const) {
    expect(compare(resultWith([figureWith({ ...more, value: 1 / beyond })]), before).failures).toHaveLength(1);
    expect(compare(resultWith([figureWith({ ...more, value: beyond })]), before).failures).toEqual([]);
  }
});

test('within the tolerance, better, and what is no ratio is no failure', () => {
  const now = resultWith([
    figureWith({ value: 1 + TOLERANCE - 0.01 }),
    figureWith({ name: 'rate', value: 2, atLeast: 0.4 }),
    figureWith({ name: 'ms', value: 100, unit: 'ms', ratio: false }),
  ]);
  const { failures, lines } = compare(now, before);
  expect(failures).toEqual([]);
  expect(lines.join('\n')).toMatch(/^echo: CPU a message +1× +1\.14× +\+14 %$/m);
  expect(lines.join('\n')).not.toContain('echo: ms');
});

test('a ratio that could not be measured fails', () => {
  expect(compare(resultWith([figureWith({ value: Number.NaN })]), before).failures).toHaveLength(1);
});

test('two that have nothing in common were not compared', () => {
  expect(compare(resultWith([]), before).failures).toEqual(['The two have no ratio in common.']);
});

test('it says which of the two was measured on a busy machine', () => {
  const busy = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line.includes('busy with others'));
  expect(busy(compare(before, { ...before, othersShare: 0.4 }).lines)).toHaveLength(1);
  expect(busy(compare(before, before).lines)).toEqual([]);
});
