import { describe, expect, test } from 'vitest';
import { parseLine } from '../logs/log-lines.js';
import { widthOf } from '../width.js';
import { History } from './history.js';
import { plainLines } from './plain.js';
import type { Sample } from './sample.js';
import { screen, type View } from './screen.js';
import { sampleAt, worker } from './testing/samples.js';

const errorLine = (text: string) =>
  parseLine(
    'blue-1',
    JSON.stringify({ timestamp: '2026-01-01T12:00:00Z', level: 'ERROR', event: 'http_error', msg: text }),
    0,
  );

const viewOf = (more: Partial<View>, ...samples: readonly Sample[]): View => {
  const history = new History(1_000);
  const [snapshot] = samples.map((sample) => history.add(sample, [])).slice(-1);
  return {
    snapshot: snapshot ?? history.add(sampleAt(0), []),
    points: { blue: history.points('blue'), green: history.points('green') },
    url: 'http://127.0.0.1:80',
    elapsedSeconds: 12,
    totalSeconds: 60,
    errors: [],
    errorLines: 0,
    ...more,
  };
};

const busy = (seconds: number): Sample =>
  sampleAt(seconds, {
    metrics: [
      `websocket_messages_received_total ${seconds * 123_456}`,
      `websocket_messages_sent_total ${seconds * 9_123_456}`,
      `websocket_messages_total ${seconds * 123_000}`,
      'websocket_messages_failed_total 0',
      `websocket_errors_total{type="unavailable"} ${seconds * 40}`,
      `websocket_publish_ack_seconds_bucket{le="0.002"} ${seconds * 10}`,
      `websocket_publish_ack_seconds_bucket{le="+Inf"} ${seconds * 10}`,
    ].join('\n'),
    blue: [
      worker('blue-1', {
        connections: 12_345,
        drain_left: 4_321,
        ready: 'draining: this worker moves its connections away to the others',
      }),
    ],
    green: [worker('green-1', { connections: 43_210, event_loop_lag_ms: 123.4 })],
    uses: [
      [1, 'redis', seconds * 0.9, 1_234],
      [2, 'nginx', seconds * 1.2, 999],
      [3, 'blue', seconds * 1.1, 2_345],
      [4, 'green', seconds * 0.8, 2_222],
      [5, 'others', seconds * 0.3, 3_333],
    ],
    queue: { waiting: 123_456, active: 80, done: 9_123_456, failed: 123_456 },
    work: { verb: 'promote', pid: 4_194_304, since: '2026-01-01T11:59:53.000Z', step: 'warm-up' },
    troubles: ['Redis does not answer: connect ECONNREFUSED 127.0.0.1:6379', 'nginx does not run'],
  });

describe('the screen', () => {
  const errors = Array.from({ length: 30 }, (_, n) => errorLine(`failure ${n} ${'with many words '.repeat(20)}`));
  const view = viewOf({ errors, errorLines: 1_234 }, busy(0), busy(1));
  const text = (columns: number, rows: number): string[] => screen(view, columns, rows).map((row) => row.text);

  test.each([
    [80, 24],
    [79, 50],
    [40, 12],
    [200, 60],
    [10, 3],
  ])('fits into %i columns and %i rows, whatever there is to tell', (columns, rows) => {
    const lines = text(columns, rows);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
    expect(lines[0]).toMatch(/^http:/);
  });

  test('tells all of it in 80 columns and 24 rows', () => {
    const lines = text(80, 24);
    const all = lines.join('\n');
    expect(lines[0]).toMatch(/^http:\/\/127\.0\.0\.1:80 {3}blue active .* 12 of 60 s$/);
    expect(all).toContain('at work      promote for 8 s, last step done: warm up (pid 4194304)');
    expect(all).toContain('not well     Redis does not answer: connect ECONNREFUSED 127.0.0.1:6379');
    expect(all).toMatch(/^blue-1 +12,345 +4,321 +1\.3 {2}running: draining: this worker/m);
    expect(all).toMatch(/^green-1 +43,210 +123 {2}ready$/m);
    expect(all).toMatch(/^ {2}green +43,210 {2}██$/m);
    expect(all).toContain('in 123,456  out 9,123,456  accepted 123,000  failed 0.0');
    expect(all).toContain('ack ms       p50 1.0  p95 1.9  p99 2.0');
    expect(all).toContain('delivery ms  p50 –  p95 –  p99 –');
    expect(all).toContain('redis 90.0  nginx 120  blue 110  green 80.0  others 30.0  all 430');
    expect(all).toContain('memory MB    redis 1,234');
    expect(all).toContain('tasks        123456 waiting, 80 active; 9123456 done, 123456 failed');
    expect(all).toContain('refused      unavailable 40');
    expect(all).toContain('error lines  1,234');
    expect(lines.at(-1)).toContain('failure 29');
  });

  test('marks what is not well, and not a worker that is being emptied', () => {
    const ill = viewOf({}, sampleAt(0, { blue: [worker('blue-1', { ready: 'redis: away' }), worker('blue-2')] }));
    const toneOf = (shown: View, name: string) => screen(shown, 80, 24).find((row) => row.text.startsWith(name))?.tone;
    expect([toneOf(ill, 'blue-1'), toneOf(ill, 'blue-2'), toneOf(view, 'blue-1')]).toEqual(['bad', 'blue', 'blue']);
    expect(toneOf(view, 'not well')).toBe('bad');
  });

  test('with many workers it shows those that are not ready, and room is left for errors', () => {
    const many = Array.from({ length: 60 }, (_, n) =>
      worker(`blue-${n + 1}`, n === 57 ? { ready: 'redis: away' } : {}),
    );
    const shown = viewOf({ errors, errorLines: 30 }, sampleAt(0, { blue: many }));
    const lines = screen(shown, 80, 24).map((row) => row.text);
    expect(lines.join('\n')).toContain('blue-58');
    expect(lines.join('\n')).toMatch(/and 5\d more, 5\d of them ready/);
    expect(lines.filter((line) => line.includes('http_error')).length).toBeGreaterThanOrEqual(3);
  });

  test('an order to the terminal in a log line is none', () => {
    const wicked = viewOf({ errors: [errorLine('\u001B[2J\u0007 gone\u009B1m')], errorLines: 1 }, sampleAt(0));
    const all = screen(wicked, 80, 24).map((row) => row.text);
    expect(all.join('')).not.toMatch(/\p{Cc}/u);
    expect(all.join('\n')).toContain('gone');
  });
});

test('as plain lines: what is known, and what is wrong behind a mark', () => {
  const view = viewOf({}, busy(0), busy(1));
  const lines = plainLines(view.snapshot, [errorLine('failure')]);
  expect(lines[0]).toBe('12:00:01  blue active, 55,555 connections (blue 12,345, green 43,210), 1 of 2 workers ready');
  expect(lines).toContain('          at work: promote for 8 s, last step done: warm up (pid 4194304)');
  expect(lines).toContain('          tasks: 123456 waiting, 80 active; 9123456 done, 123456 failed');
  expect(lines).toContain('          refused: unavailable 40');
  expect(lines).toContain('! nginx does not run');
  expect(lines.at(-1)).toBe('! 12:00:00.000 ERROR blue-1    http_error  failure');
  const [long = ''] = plainLines(view.snapshot, [errorLine('stack '.repeat(400))]).slice(-1);
  expect(long).toMatch(/^! 12:00:00.000 ERROR blue-1 {4}http_error {2}stack stack .*…$/);
  expect(long).toHaveLength(240);
  const first = plainLines(viewOf({}, sampleAt(0)).snapshot, []);
  expect(first.map((line) => line.slice(0, 19))).toEqual([
    '12:00:00  blue acti',
    '          memory MB',
    '          refused: ',
  ]);
  expect(first.at(-1)).toBe('          refused: not known');
});
