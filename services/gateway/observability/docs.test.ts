import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIENT_ERRORS, SERVER_ERRORS } from '../../protocol/error-codes.js';
import { HANDLER_OUTCOMES } from '../handlers/run.js';
import { BACKGROUND_TASKS } from '../lifecycle/background-tasks.js';
import { DISCONNECT_REASONS, ENDPOINTS, NO_METRICS, SESSION_ORIGINS, type MetricSnapshot } from './metrics.js';
import { PrometheusMetrics } from './prometheus.js';
import { quietSources } from './testing/sources.js';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/OBSERVABILITY.md'), 'utf8');
const section = page.split(/^## /m).find((part) => part.startsWith('Metrics\n')) ?? '';
const cells = (pattern: RegExp): string[][] => [...section.matchAll(pattern)].map(([, ...row]) => row);

const named = (name: string, labels: readonly string[]): string =>
  labels.join('') === '' ? name : `${name}{${labels.toSorted().join(',')}}`;

/** `name{label}` → kind, with how a gauge is put together where that is no sum. */
const documented = new Map(
  cells(/^\| `((?:websocket|http)_[a-z_]+)(?:\{([a-z,]+)\})?` \| ((?:counter|gauge|histogram)[a-z, ]*) \|/gm).map(
    ([name = '', labels = '', kind = '']) => [named(name, labels.split(',')), kind],
  ),
);
const seedNames = new Map(
  cells(/^\| `([a-z_]+)`[^|]*\| (?:`([a-z_]+)`|the same) \|/gm).map(([theirs = '', ours]) => [theirs, ours ?? theirs]),
);

const makeMetrics = (): PrometheusMetrics => {
  const metrics = new PrometheusMetrics({
    color: 'blue',
    worker: '1',
    release: 'r',
    vitals: NO_METRICS,
    sources: quietSources(),
  });
  metrics.httpResponse('/healthz', 200, 0.001);
  return metrics;
};

const labelsOf = (text: string, name: string): string => {
  const [, labels = ''] = new RegExp(`^${name}(?:_bucket)?(?:\\{(.*)\\})? `, 'm').exec(text) ?? [];
  const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label).filter((label) => label !== 'le');
  return named(name, names);
};

/** What the cluster makes of 1 on one worker and 3 on the other. */
const AGGREGATES: Readonly<Record<number, string>> = { 1: ', min', 3: ', max', 4: '' };

const registered = async (): Promise<Map<string, string>> => {
  const metrics = makeMetrics();
  const { totals, gauges } = await metrics.snapshot();
  const all = (value: number): MetricSnapshot => ({
    totals,
    gauges: Object.fromEntries(Object.keys(gauges).map((key) => [key, value])),
  });
  const text = await metrics.cluster([all(1), all(3)], {});
  const kinds = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind = '']) => {
    const value = Number(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'm').exec(text)?.[1]);
    return [labelsOf(text, name), kind === 'gauge' ? kind + AGGREGATES[value] : kind] as const;
  });
  return new Map(kinds);
};

const sorted = (names: Map<string, string>): Record<string, string> =>
  Object.fromEntries([...names].sort(([a], [b]) => (a < b ? -1 : 1)));

describe('docs/OBSERVABILITY.md', () => {
  it('has every metric with its kind, its labels and how workers are put together, and no other', async () => {
    expect(sorted(documented)).toEqual(sorted(await registered()));
  });

  it('has what an operator does about each that can be wrong, and what is normal', () => {
    const judged = cells(/^\| `(websocket_[a-z_]+).*?` \| [a-z, ]+ \| [^|]+ \|([^|]*)\|([^|]*)\|$/gm);
    const canBeWrong = judged.filter(([name = '']) => /failed|errors|lag|redis|queue|dropped|broken/.test(name));
    expect(canBeWrong.length).toBeGreaterThan(10);
    for (const row of canBeWrong) expect(row.map((cell) => cell.trim())).not.toContain('');
  });

  it('has every value of every label', () => {
    const values = new Map(
      cells(/^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|$/gm).map(([label = '', list = '']) => [
        label,
        list.replaceAll('`', '').split(', '),
      ]),
    );
    expect(Object.fromEntries(values)).toEqual({
      endpoint: ENDPOINTS,
      reason: DISCONNECT_REASONS,
      how: SESSION_ORIGINS,
      type: [...CLIENT_ERRORS, ...SERVER_ERRORS],
      recovered: ['true', 'false'],
      outcome: HANDLER_OUTCOMES,
      task: BACKGROUND_TASKS,
    });
  });

  it('leads from every name of the systems that it takes after to one that is there', async () => {
    const ours = new Set([...(await registered()).keys()].map((name) => name.replace(/\{.*/, '')));
    for (const name of [...OF_WEBSOCKET_MONITORING, ...OF_MESSAGE_COUNTER]) {
      expect(ours).toContain(name);
      expect([...seedNames.keys()]).toContain(name);
    }
    for (const name of OF_WEBSOCKET_TOOL) {
      expect(ours).toContain(`websocket_${name}`);
      expect(seedNames.get(name)).toBe(`websocket_${name}`);
    }
    for (const [, name] of seedNames) expect(ours).toContain(name);
  });
});

const OF_WEBSOCKET_MONITORING = [
  'websocket_connections_total',
  'websocket_messages_received_total',
  'websocket_messages_sent_total',
];
const OF_MESSAGE_COUNTER = [
  'websocket_active_connections',
  'websocket_messages_total',
  'websocket_errors_total',
  'websocket_connection_duration_seconds',
];
const OF_WEBSOCKET_TOOL = [
  'connections_total',
  'disconnections_total',
  'messages_sent_total',
  'messages_failed_total',
  'queue_overflows_total',
  'heartbeat_timeouts_total',
  'active_connections',
  'active_named_connections',
  'active_anonymous_connections',
  'queue_size',
  'queue_utilization',
  'handlers_registered',
  'received_per_sec',
  'sent_per_sec',
  'failed_per_sec',
];
