import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_NAMES } from '../../loadtest/runner/measures.js';
import { findK6 } from '../../loadtest/runner/k6.js';
import type { Result } from '../../loadtest/runner/result.js';
import { cacheFolder, searchPath } from '../../services/conductor/engines/local/tools.js';
import { checkout, ended, TestStack, type Environment, type VerbResult } from './stack.js';

const k6 = findK6(searchPath(process.env['PATH'] ?? ''), cacheFolder(process.env));
// A summary of passed files shows no reason of a skipped test.
if (k6 === undefined)
  console.warn('tests/e2e/k6.test.ts is skipped: there is no k6 here, "make setup-loadtest" gets it');

describe.skipIf(k6 === undefined)('the load test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-load-'));
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.up();
  });
  afterAll(async () => {
    await stack.close();
    rmSync(folder, { recursive: true });
  });

  const load = (reports: string, settings: Environment): Promise<VerbResult> =>
    ended(
      spawn(process.execPath, [join(checkout, 'dist/loadtest/runner/main.js')], {
        env: {
          ...stack.environment,
          SWITCHYARD_CACHE: cacheFolder(process.env),
          REPORTS: join(folder, reports),
          ...settings,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  const reportOf = (reports: string): string => join(folder, reports, readdirSync(join(folder, reports))[0] ?? '');

  it('takes five users of every scenario through a promote, finds no fault, and leaves a report', async () => {
    const { code, output } = await load('five', { SOCKETS: '5', DURATION: '30', PROMOTE: '1', P95: '60000' });
    expect(output).toMatch(
      /^5 sockets at ws:\/\/127\.0\.0\.1:\d+ for 30 s, 20 messages\/s: storm, chat, fan_out, resume$/m,
    );
    expect(output).toMatch(/^ +\d+ s {3}\d+ open \(blue \d+\) {3}\d+ acked\/s {3}\d+ delivered\/s .*0 faults$/m);
    expect(output).toMatch(/^ {2}promote: green is active /m);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^Passed: /m) as unknown });

    const report = reportOf('five');
    expect(readdirSync(report)).toEqual(
      expect.arrayContaining(['index.html', 'k6.html', 'summary.json', 'k6-summary.json', 'promote.log']),
    );
    const { outcome, moments, deploy } = JSON.parse(readFileSync(join(report, 'summary.json'), 'utf8')) as Result;
    const { counts, times } = outcome;
    expect(FAULT_NAMES.filter((name) => counts[name] !== 0)).toEqual([]);
    // Room of one: chat has a member, whose every message comes back to it.
    expect(counts.messages_published).toBeGreaterThan(300);
    expect(counts.messages_delivered).toBeGreaterThan(300);
    expect(counts.connections_moved).toBeGreaterThan(0);
    expect(counts.sessions_resumed).toBeGreaterThan(counts.connections_moved ?? 0);
    expect(Object.keys(times)).toEqual([
      'welcome_ms',
      'ack_ms',
      'ack_blue_ms',
      'ack_green_ms',
      'delivery_ms',
      'resume_ms',
    ]);
    expect(moments.some(({ open }) => open.blue > 0 && open.green === 0)).toBe(true);
    expect(moments.some(({ open }) => open.blue === 0 && open.green > 0)).toBe(true);
    expect(deploy).toMatchObject({ code: 0 });
  });

  it('fails when a bound is broken, and names it', async () => {
    const { code, output } = await load('slow', { SOCKETS: '40', DURATION: '5', P95: '1', SCENARIOS: 'fan_out,chat' });
    expect(output).toMatch(/^FAILED: p95 from a publish to its ack: [\d.]+ ms, and P95=1 is the bound$/m);
    expect(code).toBe(1);
    expect(readFileSync(join(reportOf('slow'), 'index.html'), 'utf8')).toContain('P95=1 is the bound</p>');
  });
});
