import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { logqlFaults, promqlFaults } from '../../testing/query-languages.js';
import { DASHBOARDS, readDashboard, type DashboardFile } from './check/dashboard-file.js';
import { filledIn, questionsOf } from './check/questions.js';
import { dashboardFiles } from './dashboards.js';

const checkout = resolve(import.meta.dirname, '../../..');
const view = { range: 900, step: 15, scrape: 5 };
const seen = ({ panels }: DashboardFile) => panels.filter(({ type }) => type !== 'row');

it('every dashboard that the code makes is committed as the code makes it (npm run dashboards)', () => {
  expect([...dashboardFiles().keys()].sort()).toEqual([...DASHBOARDS].sort());
  for (const [file, text] of dashboardFiles()) {
    expect(readFileSync(resolve(checkout, file), 'utf8') === text, `${file}: npm run dashboards`).toBe(true);
  }
});

describe.each(DASHBOARDS)('%s', (file) => {
  const dashboard = readDashboard(resolve(checkout, file));

  it('says of each panel what is seen, in which unit, under a title of its own', () => {
    for (const panel of seen(dashboard)) {
      expect(panel.description, panel.title).toMatch(/^[A-Z].{10,}\.$/s);
      expect(panel.type === 'logs' ? 'none' : panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy();
      expect(panel.targets.length, panel.title).toBeGreaterThan(0);
    }
  });

  it('has each id once, and no two panels on the same place of the grid', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x} ${y}`), `${title} at ${x}, ${y}`).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });

  it('names each query of a panel once', () => {
    for (const { title, targets } of dashboard.panels) {
      const names = targets.map(({ refId }) => refId);
      expect(new Set(names).size, title).toBe(names.length);
    }
  });

  it('asks in PromQL and LogQL, with variables that it has', () => {
    for (const { place, source, over, expr } of questionsOf(dashboard)) {
      if (over === 'labels') continue;
      const query = filledIn(expr, dashboard.templating.list, view);
      expect(source === 'loki' ? logqlFaults(query) : promqlFaults(query), place).toEqual([]);
    }
  });
});

it('the datasources of the dashboards are those that are provisioned', () => {
  const file = resolve(checkout, 'infra/grafana/provisioning/datasources/switchyard.yml');
  const Provisioned = z.object({
    datasources: z.array(z.object({ uid: z.string(), type: z.string(), url: z.string() })),
  });
  const { datasources } = Provisioned.parse(parse(readFileSync(file, 'utf8')));
  const provisioned = datasources.map(({ type, uid }) => `${type} ${uid}`);
  expect(datasources.map(({ url }) => url)).toEqual(['${PROMETHEUS_URL}', '${LOKI_URL}', '${ALERTMANAGER_URL}']);
  for (const name of DASHBOARDS.filter((of) => of.startsWith('infra/'))) {
    const { panels } = readDashboard(resolve(checkout, name));
    for (const { datasource } of panels.flatMap(({ targets }) => targets)) {
      expect(provisioned).toContain(`${datasource.type} ${datasource.uid}`);
    }
  }
});

it('the dashboard for import asks for its Prometheus, and for nothing else of ours', () => {
  const text = readFileSync(resolve(checkout, 'grafana/websocket-tool.json'), 'utf8');
  const { __inputs: inputs } = z
    .object({ __inputs: z.array(z.object({ name: z.string(), type: z.string(), pluginId: z.string() })) })
    .parse(JSON.parse(text));
  expect(inputs).toEqual([{ name: 'DS_PROMETHEUS', type: 'datasource', pluginId: 'prometheus' }]);
  const { panels } = readDashboard(resolve(checkout, 'grafana/websocket-tool.json'));
  const uids = panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource.uid));
  expect([...new Set(uids)]).toEqual(['${DS_PROMETHEUS}']);
  expect(text).not.toContain('switchyard_');
  expect(text).not.toContain('cluster:');
  // Every metric that the README of the WebSocket tool names, under our prefix.
  for (const counter of [
    'connections',
    'disconnections',
    'messages_sent',
    'messages_failed',
    'queue_overflows',
    'heartbeat_timeouts',
  ]) {
    expect(text).toContain(`websocket_${counter}_total`);
  }
  for (const gauge of [
    'active_connections',
    'active_named_connections',
    'active_anonymous_connections',
    'queue_size',
    'queue_utilization',
    'handlers_registered',
    'received_per_sec',
    'sent_per_sec',
    'failed_per_sec',
  ]) {
    expect(text).toContain(`websocket_${gauge})`);
  }
});
