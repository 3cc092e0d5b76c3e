import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPrometheus, type RealPrometheus } from '../../../testing/real-prometheus.js';
import { answerTo } from './answers.js';
import { checkDashboards, isLoki } from './check.js';
import { rulesReport } from './rules.js';

const view = { range: 60, step: 1, scrape: 1 };
let prometheus: RealPrometheus;

beforeAll(async () => {
  prometheus = await startPrometheus({
    groups: [
      {
        name: 'tried',
        rules: [
          { record: 'well', expr: 'vector(1)' },
          { record: 'broken', expr: 'label_replace(up, "a", "$1", "job", "(")' },
          { alert: 'Speechless', expr: 'vector(1)', annotations: { summary: '{{ humanizeDuration "long" }}' } },
        ],
      },
    ],
  });
  // It answers, has scraped itself, and has evaluated its rules.
  const isSettled = async (): Promise<boolean> =>
    (await answer('time', 'up')) > 0 &&
    !(await rulesReport(prometheus.url)).faults.some((fault) => fault.endsWith('not evaluated yet'));
  await vi.waitUntil(() => isSettled().catch(() => false), { timeout: 30_000, interval: 50 });
});
afterAll(() => prometheus.stop());

const answer = (over: 'time' | 'end' | 'labels', expr: string): Promise<number> =>
  answerTo({ source: 'prometheus', over }, expr, prometheus.url, view);

describe('an answer of a real Prometheus', () => {
  it('is what it holds: samples that are numbers, values of a label', async () => {
    expect(await answer('end', 'up')).toBe(1);
    expect(await answer('time', 'up')).toBeGreaterThan(0);
    expect(await answer('labels', 'label_values(up, job)')).toBe(1);
  });

  it('is empty where there is no series, or nothing but NaN', async () => {
    expect(await answer('end', 'no_such_series')).toBe(0);
    expect(await answer('time', 'up / 0 * 0')).toBe(0);
    expect(await answer('labels', 'label_values(no_such_series, job)')).toBe(0);
  });

  it('is refused with its words where the query is wrong', async () => {
    await expect(answer('time', 'sum(')).rejects.toThrow(/^400: .*parse error/);
  });
});

describe('the check', () => {
  it('names dashboard, panel and query where nothing answers, counts what it left out of Loki, and is not well', async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    expect(await checkDashboards({ prometheus: prometheus.url, loki: undefined, view, say })).toBe(false);
    expect(said).toContain(
      'infra/grafana/dashboards/websocket.json: dashboard "WebSocket", panel "Event loop lag", query A: no data for ' +
        'websocket_event_loop_lag_seconds{color=~".*",worker=~".*"}',
    );
    // The zero that a fresh stack is shown is no answer.
    expect(said).toContain(
      'infra/grafana/dashboards/websocket.json: dashboard "WebSocket", panel "Open connections", query A: no data for ' +
        'sum(websocket_active_connections{color=~".*",worker=~".*"})',
    );
    // Without a stack nothing answers but what rightly has nothing in calm.
    const [, asked = '', unanswered = ''] = /^(\d+) queries .*, (\d+) without/.exec(said.at(-1) ?? '') ?? [];
    expect(Number(asked) - Number(unanswered)).toBeLessThan(10);
    expect(said.at(-3)).toMatch(/^\d+ queries of Loki were left out: it does not run here/);
    expect(said.at(-2)).toMatch(/^No data: it wants messages that somebody hears/);
    expect(said.at(-1)).toMatch(/^\d+ queries of 4 dashboards, \d+ without an answer; 3 rules, 2 with a fault$/);
  });

  it('names the rules that Prometheus can not evaluate, and alerts whose words it can not make', async () => {
    const { count, faults } = await rulesReport(prometheus.url);
    expect(count).toBe(3);
    expect(faults).toEqual([
      expect.stringMatching(/^rule broken: .*label_replace/),
      expect.stringMatching(/^rule Speechless: <error expanding template/),
    ]);
  });

  it('takes for Loki only what answers as Loki does', async () => {
    expect(await isLoki(prometheus.url)).toBe(false);
  });

  it.each([
    ['http://127.0.0.1:2', /^nothing answers at http:\/\/127\.0\.0\.1:2: .*ECONNREFUSED.*\n$/, 1],
    ['localhost:9090', /^PROMETHEUS_URL=localhost:9090 is not allowed: not an http address\n$/, 2],
  ])('says in a line that %s is no Prometheus', (url, words, code) => {
    const command = ['scripts/run-ts.mjs', 'infra/grafana/src/check/main.ts'];
    const { status, stderr } = spawnSync(process.execPath, command, {
      env: { ...process.env, PROMETHEUS_URL: url },
      encoding: 'utf8',
    });
    expect(stderr).toMatch(words);
    expect(status).toBe(code);
  });
});
