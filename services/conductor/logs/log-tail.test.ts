import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { LogLine } from './log-lines.js';
import { LogTail } from './log-tail.js';

const BEGIN = Date.parse('2026-01-01T12:00:00Z');
const FILLER = 'x'.repeat(1_000);

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-tail-'));
  log = join(folder, 'blue-1.log');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** Line `n` was written `n` seconds after the beginning; a thousand are a megabyte. */
const line = (n: number): string =>
  `${JSON.stringify({ timestamp: new Date(BEGIN + n * 1_000).toISOString(), level: 'INFO', event: `e${n}`, filler: FILLER })}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join('');
const events = (found: readonly LogLine[]): readonly string[] => found.map(({ event }) => event);
const range = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => `e${from + index}`);
const all = (): boolean => true;

test('the last lines are found through the whole of a log, what was put aside of it too', () => {
  writeFileSync(`${log}.2`, lines(0, 1_500));
  writeFileSync(`${log}.1`, lines(1_500, 3_500));
  writeFileSync(log, lines(3_500, 6_000));
  expect(events(new LogTail(folder).last(Infinity, all))).toEqual(range(0, 6_000));
  expect(events(new LogTail(folder).last(3, all))).toEqual(range(5_997, 6_000));
  expect(events(new LogTail(folder).last(100, ({ event }) => event === 'e7'))).toEqual(['e7']);
});

test('it looks no further back than the time that is asked for', () => {
  writeFileSync(`${log}.1`, lines(0, 2_500));
  writeFileSync(log, lines(2_500, 2_510));
  const since = BEGIN + 2_400_000;
  const looked: string[] = [];
  const found = new LogTail(folder).last(Infinity, ({ event, time }) => looked.push(event) > 0 && time >= since, since);
  expect(events(found)).toEqual(range(2_400, 2_510));
  expect(looked).not.toContain('e0');
});

test('a line that is in two files is one, and bare text keeps the time of the line before it', () => {
  const [head, tail] = [line(1).slice(0, 500), line(1).slice(500)];
  writeFileSync(`${log}.1`, `${line(0)}${head}`);
  writeFileSync(log, `${tail}    at main.js:3\n${lines(2, 1_200)}`);
  const found = new LogTail(folder).last(Infinity, all);
  expect(found.slice(0, 4)).toMatchObject([
    { event: 'e0' },
    { event: 'e1' },
    { message: '    at main.js:3', time: BEGIN + 1_000 },
    { event: 'e2' },
  ]);
  expect(found).toHaveLength(1_201);
});

test('then what is new, whatever it is: a line that was half written, more than a megabyte, the rest of a file put aside', () => {
  const [head, tail] = [line(1).slice(0, 500), line(1).slice(500)];
  writeFileSync(log, `${line(0)}${head}`);
  const following = new LogTail(folder);
  expect(events(following.last(Infinity, all))).toEqual(['e0']);
  appendFileSync(log, `${tail}${lines(2, 3_000)}`);
  expect(events(following.read())).toEqual(range(1, 3_000));
  appendFileSync(log, line(3_000));
  renameSync(log, `${log}.1`);
  writeFileSync(log, line(3_001));
  expect(events(following.read())).toEqual(range(3_000, 3_002));
  expect(following.read()).toEqual([]);
});
