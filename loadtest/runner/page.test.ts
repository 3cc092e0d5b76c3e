import { expect, test } from 'vitest';
import { page } from './page.js';
import type { Moment } from './recording.js';
import type { Result } from './result.js';

const moment = (seconds: number, blue: number, green: number): Moment => ({
  seconds,
  open: { blue, green },
  opened: 0,
  published: 20,
  delivered: { blue: 200, green: 0 },
  faults: 0,
  times: seconds === 1 ? {} : { ack_ms: { p50: 1, p95: 2, p99: 3 } },
});
const result = (changed: Partial<Result> = {}): Result => ({
  at: '2026-11-26T02:28:33.662Z',
  host: 'ws://localhost?a<b',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 24, node: '20.20.2', k6: '1.8.1' },
  settings: {
    sockets: 1_000,
    rate: 20,
    seconds: 60,
    host: undefined,
    p95Ms: 50,
    scenarios: ['chat'],
    promote: true,
    reports: undefined,
    hasLog: true,
  },
  outcome: {
    counts: { messages_lost: 1_234 },
    times: { ack_ms: { p50: 1, p95: 2.5, p99: 3, max: 4 } },
    failures: [],
  },
  moments: [moment(0, 100, 0), moment(1, 50, 50), moment(2, 0, 100)],
  deploy: { from: 1, to: 2, code: 0 },
  ...changed,
});
const plotOf = (title: string, html: string): string =>
  html.split('<figure>').find((text) => text.startsWith(`<figcaption>${title}`)) ?? '';

test('everything is in the page: it asks nobody for anything', () => {
  const html = page(result());
  expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import|https?:\/\//);
  expect([...html.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual(['k6.html', 'summary.json']);
});

test('connections are drawn by color, with the deploy behind them', () => {
  const plot = plotOf('Connections open', page(result()));
  expect(plot).toContain('<title>blue</title>');
  expect(plot).toContain('<title>green</title>');
  // Blue falls from the top line to the bottom, green rises.
  expect(plot).toContain('d="M64.0 12.0L386.0 102.0L708.0 192.0" class="line c1"');
  expect(plot).toContain('d="M64.0 192.0L386.0 102.0L708.0 12.0" class="line c2"');
  expect(plot).toMatch(/<rect x="386\.0" y="12" width="322\.0"[^>]*class="span"/);
  expect(plot).toContain('>promote</text>');
  expect(page(result({ deploy: undefined }))).not.toContain('class="span"');
});

test('a line is broken where nothing was measured', () => {
  const plot = plotOf('Time from a publish to its ack ', page(result()));
  expect(plot).toMatch(/d="M64\.0 [\d.]+M708\.0 [\d.]+" class="line c1"/);
});

test('tells how it ended, what was counted, and where it ran', () => {
  const passed = page(result());
  expect(passed).toContain('<p class="passed">Passed: ');
  expect(passed).toContain('<td>publications that a listener did not get</td><td>1,234</td>');
  expect(passed).toContain('<td>from a publish to its ack</td><td>1.0 ms</td><td>2.5 ms</td>');
  expect(passed).toContain('2 cores (Some CPU), 24 GiB, Node 20.20.2, k6 1.8.1');
  expect(passed).toContain('ws://localhost?a&lt;b');
  const { outcome } = result();
  const failed = page(result({ outcome: { ...outcome, failures: ['1 "x" <y>', 'another'] } }));
  expect(failed).toContain(
    '<p class="failed">Failed: 1 &quot;x&quot; &lt;y></p>\n<p class="failed">Failed: another</p>',
  );
  expect(failed).not.toContain('Passed');
});
