import { describe, expect, it } from 'vitest';
import { DASHBOARDS, readDashboard } from './grafana/src/check/dashboard-file.js';
import { filledIn, questionsOf } from './grafana/src/check/questions.js';
import { alerts, recorded } from './prometheus/testing/rule-files.js';
import { documentedMetrics } from './testing/observability-page.js';
import { metricsIn } from './testing/query-languages.js';

/** Not ours to document: Prometheus' own, and those of the Redis and nginx exporters that we ask for. */
const OF_OTHERS = [
  'up',
  'ALERTS',
  'redis_up',
  'redis_memory_used_bytes',
  'redis_memory_max_bytes',
  'redis_commands_processed_total',
  'redis_connected_clients',
  'nginx_up',
  'nginx_connections_active',
  'nginx_connections_waiting',
  'nginx_connections_writing',
  'nginx_http_requests_total',
];

const documented = documentedMetrics();
const isDocumented = (name: string): boolean =>
  documented.some((of) =>
    of.endsWith('*')
      ? name.startsWith(of.slice(0, -1))
      : [of, `${of}_bucket`, `${of}_count`, `${of}_sum`].includes(name),
  );
const unknownIn = (query: string): readonly string[] => {
  const known = new Set([...OF_OTHERS, ...recorded().map(({ record }) => record)]);
  return metricsIn(query).filter((name) => !known.has(name) && !isDocumented(name));
};
const view = { range: 900, step: 15, scrape: 5 };

describe('metrics that are asked for are in the tables of docs/OBSERVABILITY.md', () => {
  it('by rules', () => {
    expect([...alerts(), ...recorded()].flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
  });

  it.each(DASHBOARDS)('by %s', (file) => {
    const dashboard = readDashboard(file);
    const unknown = questionsOf(dashboard)
      .filter(({ source }) => source === 'prometheus')
      .map(({ over, expr }) => (over === 'labels' ? expr.replace(/^label_values\((.*),\s*\w+\)$/, '$1') : expr))
      .flatMap((expr) => unknownIn(filledIn(expr, dashboard.templating.list, view)));
    expect([...new Set(unknown)]).toEqual([]);
  });
});
