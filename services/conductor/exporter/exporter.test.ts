import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { counted } from '../deploy-totals.js';
import { tellColors } from '../engines/compose/told-colors.js';
import { layoutOf, type Layout } from '../engines/local/layout.js';
import type { ProgramInfo } from '../engines/local/supervisor.js';
import { RunDirectory } from '../run-directory.js';
import { doneDeploy } from '../testing/done-deploy.js';
import { readExporterConfig } from './config.js';
import { ContainerLook, type Resolve } from './container-look.js';
import { Look, type LookOptions } from './look.js';
import { DEFINITIONS, type Looking } from './metrics.js';
import { ProcessUse } from './process-use.js';
import { createExporter } from './server.js';

const program = (name: string, statename: string, pid = 1): ProgramInfo => {
  const [group = ''] = /^(?:blue|green)(?=-)/.exec(name) ?? [name];
  return { name, group, statename, pid, start: 0, exitstatus: 0, spawnerr: '' };
};

const place = (): Layout => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-exporter-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const layout = layoutOf('', folder);
  for (const each of [layout.colors, layout.nginx]) mkdirSync(each, { recursive: true });
  return layout;
};

/** The text of one scrape over HTTP, and what was warned of. */
const scrape = (layout: Layout, more: Partial<LookOptions> = {}) =>
  scrapeOf((warn) => new Look({ layout, supervisor: { programs: async () => [] }, certificate: '', warn, ...more }));

const scrapeOf = async (look: (warn: (words: string) => void) => Looking) => {
  const warnings: string[] = [];
  const warn = (words: string): void => void warnings.push(words);
  const server = createExporter(look(warn), warn);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return { status: response.status, lines: (await response.text()).split('\n'), warnings };
};

describe('the exporter', () => {
  test('colors, workers, releases and parts as supervisord and the run directory have them', async () => {
    const layout = place();
    symlinkSync('green', join(layout.nginx, 'active'));
    writeFileSync(join(layout.colors, 'green.conf'), 'environment=A="b",RELEASE="r7"\n');
    writeFileSync(join(layout.runDir, 'settings.json'), '{"stack":{"WORKERS":3},"worker_environment":{}}');
    const programs = [
      program('green-1', 'RUNNING'),
      program('green-2', 'BACKOFF', 0),
      program('green-3', 'FATAL', 0),
      program('redis', 'RUNNING'),
      program('loki', 'FATAL', 0),
    ];
    const { lines, warnings } = await scrape(layout, { supervisor: { programs: async () => programs } });
    expect(lines).toEqual(
      expect.arrayContaining([
        'switchyard_active_color{color="green"} 1',
        'switchyard_active_color{color="blue"} 0',
        'switchyard_workers{color="green",state="running"} 1',
        'switchyard_workers{color="green",state="starting"} 1',
        'switchyard_workers{color="green",state="failed"} 1',
        'switchyard_workers{color="blue",state="running"} 0',
        'switchyard_workers_wanted{color="green"} 3',
        'switchyard_workers_wanted{color="blue"} 0',
        'switchyard_release_info{color="green",release="r7"} 1',
        'switchyard_part_up{part="redis"} 1',
        'switchyard_part_up{part="loki"} 0',
        'switchyard_deploys_finished_total{verb="rollback",outcome="failed"} 0',
        'switchyard_deploy_running 0',
      ]),
    );
    expect(warnings).toEqual([]);
  });

  test('a broken file is a warning and zeros', async () => {
    const layout = place();
    for (const file of ['deploy-totals.json', 'settings.json', 'cert.pem']) {
      writeFileSync(join(layout.runDir, file), '{"half');
    }
    writeFileSync(join(layout.colors, 'blue.conf'), 'environment=RELEASE="r1"\n');
    const certificate = join(layout.runDir, 'cert.pem');
    const { status, lines, warnings } = await scrape(layout, { certificate });
    expect(status).toBe(200);
    expect(lines).toContain('switchyard_deploys_started_total{verb="promote"} 0');
    expect(lines).toContain('switchyard_workers_wanted{color="blue"} 0');
    expect(warnings).toEqual([
      expect.stringContaining('deploy-totals.json'),
      expect.stringContaining('settings.json'),
      expect.stringContaining('cert.pem'),
    ]);
  });

  test('a supervisord that does not answer bounds the scrape, and what it would say is not there', async () => {
    const began = performance.now();
    const { status, lines, warnings } = await scrape(place(), {
      supervisor: { programs: () => new Promise<never>(() => {}) },
    });
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(status).toBe(200);
    expect(lines.filter((line) => line.startsWith('switchyard_workers{'))).toEqual([]);
    expect(warnings).toContain("supervisord can't be asked: no answer within 800 ms");
  });

  test('when the certificate ends', async () => {
    const certificate = resolve(import.meta.dirname, '../testing/certificate.pem');
    const { lines } = await scrape(place(), { certificate });
    expect(lines).toContain(
      `switchyard_certificate_expires_timestamp_seconds{file="${certificate}"} ${Date.parse('2036-11-22T04:44:44Z') / 1_000}`,
    );
  });

  test('its settings come from what starts it, and a wrong one is named', () => {
    expect(readExporterConfig({ EXPORTER_PORT: '1', SWITCHYARD_RUN_DIR: '/r' })).toEqual({
      engine: 'local',
      host: '127.0.0.1',
      port: 1,
      certificate: '',
      runDir: '/r',
    });
    expect(() => readExporterConfig({ EXPORTER_PORT: 'x', SWITCHYARD_RUN_DIR: '/r' })).toThrow('EXPORTER_PORT');
  });
});

describe('the exporter in a container', () => {
  const running: Readonly<Record<string, readonly string[]>> = {
    'gateway-green': ['10.0.0.2', '10.0.0.3'],
    redis: ['10.0.0.4'],
  };
  const resolve: Resolve = async (name) =>
    running[name] ?? Promise.reject(Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' }));
  const parts = ['redis', 'nginx'];

  test('counts who answers to a name, and tells what the conductor has left', async () => {
    const layout = place();
    symlinkSync('green', join(layout.nginx, 'active'));
    const run = new RunDirectory(layout.runDir);
    tellColors(run, { green: { release: 'r7', workers: 3 } });
    await counted(
      run,
      'promote',
      () => {},
      async () => doneDeploy(7).deploys[0]!,
    );
    const { lines, warnings } = await scrapeOf((warn) => new ContainerLook({ layout, parts, resolve, warn }));
    expect(lines).toEqual(
      expect.arrayContaining([
        'switchyard_active_color{color="green"} 1',
        'switchyard_active_color{color="blue"} 0',
        'switchyard_workers{color="green",state="running"} 2',
        'switchyard_workers{color="green",state="failed"} 1',
        'switchyard_workers{color="blue",state="running"} 0',
        'switchyard_workers{color="blue",state="failed"} 0',
        'switchyard_workers_wanted{color="green"} 3',
        'switchyard_workers_wanted{color="blue"} 0',
        'switchyard_release_info{color="green",release="r7"} 1',
        'switchyard_part_up{part="redis"} 1',
        'switchyard_part_up{part="nginx"} 0',
        'switchyard_deploys_finished_total{verb="promote",outcome="done"} 1',
        'switchyard_deploy_connections_moved_total 7',
        'switchyard_deploy_running 0',
      ]),
    );
    expect(lines).not.toContainEqual(expect.stringContaining('switchyard_nginx_old_generations 0'));
    expect(warnings).toEqual([]);
  });

  test('what nobody can look up is not there, and named', async () => {
    const broken: Resolve = () => Promise.reject(Object.assign(new Error('no server'), { code: 'ECONNREFUSED' }));
    const layout = place();
    const { lines, warnings } = await scrapeOf((warn) => new ContainerLook({ layout, parts, resolve: broken, warn }));
    expect(lines.filter((line) => /^switchyard_(?:workers|part_up)\{/.test(line))).toEqual([]);
    expect(warnings).toContain("gateway-blue can't be looked up: no server");
  });
});

test('CPU time and memory of a part are those of its process and all below it, and CPU time does not fall', () => {
  const use = new ProcessUse();
  const parts = new Map([['mine', process.ppid]]);
  const value = (name: string): number => use.samples(parts).find((sample) => sample.name === name)?.value ?? 0;
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  const before = value('process_cpu_seconds_total');
  expect(before).toBeGreaterThan(0);
  expect(value('process_cpu_seconds_total')).toBeGreaterThanOrEqual(before);
  expect(use.samples(new Map())).toEqual([]);
});

test('docs/OBSERVABILITY.md has every metric with its kind and labels, and no other', () => {
  const docs = readFileSync(resolve(import.meta.dirname, '../../../docs/OBSERVABILITY.md'), 'utf8');
  const rows = [...docs.matchAll(/^\| `(switchyard_\w+)(\{[\w,]+\})?` \| (\w+) \|/gm)];
  const documented = Object.fromEntries(rows.map(([, name = '', labels = '', kind]) => [`${name}${labels}`, kind]));
  const known = Object.entries(DEFINITIONS).map(([name, definition]) => {
    const labels = 'labels' in definition ? `{${definition.labels.join(',')}}` : '';
    return [`switchyard_${name}${labels}`, definition.kind];
  });
  expect(documented).toEqual(Object.fromEntries(known));
});
