import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outcomeLines, readOutcome } from './outcome.js';

const counted = (count: number): object => ({ type: 'counter', values: { count, rate: 1 } });
const timed = (p95: number): object => ({
  type: 'trend',
  values: { min: 1, avg: 3, med: 2.25, 'p(95)': p95, 'p(99)': p95 * 2, max: 1_234 },
});

/** A file as k6 writes it. */
const summary = (metrics: Readonly<Record<string, object>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-summary-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'k6-summary.json');
  writeFileSync(file, JSON.stringify({ root_group: {}, metrics }));
  return file;
};

test('a run without a fault, and quick enough, has passed', () => {
  const metrics = { connections_opened: counted(1_200), messages_lost: counted(0), ack_ms: timed(49.9) };
  const outcome = readOutcome(summary(metrics), 50);
  expect(outcome.failures).toEqual([]);
  expect(outcome.times).toEqual({ ack_ms: { p50: 2.25, p95: 49.9, p99: 99.8, max: 1_234 } });
  const text = outcomeLines(outcome).join('\n');
  expect(text).toContain('1,200 opened, 0 failed, 0 broken');
  expect(text).toMatch(/^ {2}from a publish to its ack +2\.3 ms +50 ms +100 ms +1,234 ms$/m);
  expect(text).toMatch(/^Passed: no connection failed, and every message came once and in order\.$/m);
});

test('every fault, and a p95 at its bound, is a failure in words', () => {
  const metrics = {
    connections_opened: counted(10),
    messages_lost: counted(1_001),
    counts_wrong: counted(2),
    ack_ms: timed(49),
    delivery_ms: timed(50),
  };
  const outcome = readOutcome(summary(metrics), 50);
  expect(outcome.failures).toEqual([
    '1,001 publications that a listener did not get (messages_lost)',
    '2 message counts other than what was accepted (counts_wrong)',
    'p95 from a publish to each who listens: 50 ms, and P95=50 is the bound',
  ]);
  const lines = outcomeLines(outcome);
  expect(lines.filter((line) => line.startsWith('FAILED: '))).toHaveLength(3);
  expect(lines.join('\n')).not.toContain('Passed');
});

test('a time that was never taken is no row', () => {
  const none = { type: 'trend', values: { min: 0, avg: 0, med: 0, 'p(95)': 0, 'p(99)': 0, max: 0 } };
  expect(readOutcome(summary({ connections_opened: counted(1), ack_ms: none }), 50).times).toEqual({});
});

test('a run in which nobody came has not passed', () => {
  expect(readOutcome(summary({}), 50).failures).toEqual(['no connection was opened']);
});

test('acks are told by color where there were two', () => {
  const opened = { connections_opened: counted(1), ack_ms: timed(9), ack_blue_ms: timed(9) };
  const text = (metrics: Readonly<Record<string, object>>): string =>
    outcomeLines(readOutcome(summary(metrics), 50)).join('\n');
  expect(text(opened)).not.toContain('on blue');
  expect(text({ ...opened, ack_green_ms: timed(9) })).toMatch(/its ack, on blue [^]*its ack, on green /);
});
