import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastResult, readResult, writeResult } from './result.js';
import { figureWith, resultWith } from './testing/results.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'switchyard-results-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a result is read as it was written, the newest as the last', () => {
  const older = resultWith([figureWith({})]);
  const newer = { ...older, machine: { ...older.machine, date: '2026-11-27T00:00:00.000Z' } };
  writeResult(folder, newer);
  writeResult(folder, older);
  expect(readResult(lastResult(folder))).toEqual(newer);
});

test('a figure that could not be measured survives', () => {
  const file = writeResult(folder, resultWith([figureWith({ value: Number.NaN })]));
  expect(readResult(file).figures[0]?.value).toBeNaN();
});

test('what is not there, and what is none, is told in words', () => {
  expect(() => lastResult(join(folder, 'none'))).toThrow('There is no result to compare yet: make bench');
  expect(() => lastResult(folder)).toThrow('make bench');
  const file = join(folder, 'notes.json');
  expect(() => readResult(file)).toThrow(`${file} can't be read`);
  writeFileSync(file, '{"figures":[]}');
  expect(() => readResult(file)).toThrow(`${file} is no result of make bench`);
});
