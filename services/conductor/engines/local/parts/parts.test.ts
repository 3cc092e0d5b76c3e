import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StackSettings } from '../../../settings.js';
import { layoutOf } from '../layout.js';
import { alertmanager } from './alertmanager.js';
import { grafana } from './grafana.js';
import { loki } from './loki.js';
import { findBinary, type PartSpec, type Place } from './part.js';
import { renderPartProgram } from './part-program.js';
import { prometheus } from './prometheus.js';
import { foundParts, partPorts, PARTS } from './table.js';

const checkout = resolve(import.meta.dirname, '../../../../..');

const placeOf = (settings: Readonly<Record<string, unknown>> = {}): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-parts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    layout: layoutOf(checkout, join(folder, 'run')),
    settings: StackSettings.parse(settings),
    path: join(folder, 'bin'),
    cache: join(folder, 'cache'),
    build: join(folder, 'build'),
  };
};

const stubBinary = (file: string): string => {
  mkdirSync(resolve(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
};

const programOf = (part: PartSpec, place: Place): string => renderPartProgram(part, '/bin/it', place);
const fileOf = (part: PartSpec, place: Place): string => part.files(place).at(0)?.text ?? '';

describe('the table of optional parts', () => {
  test('on a machine that has none of them there is nothing to start, and no port is wanted', () => {
    const place = placeOf();
    expect(foundParts(place)).toEqual([]);
    expect(partPorts(place.settings, place)).toEqual([]);
  });

  test('what is there is started, and only its port counts; none with OBSERVABILITY=off', () => {
    const place = placeOf({ PROMETHEUS_PORT: 1234 });
    const binary = stubBinary(join(place.path, 'prometheus'));
    expect(foundParts(place).map((found) => [found.part.name, found.binary])).toEqual([['prometheus', binary]]);
    expect(partPorts(place.settings, place)).toEqual([{ port: 1234, setting: 'PROMETHEUS_PORT', use: 'Prometheus' }]);
    expect(partPorts({ ...place.settings, OBSERVABILITY: 'off' }, place)).toEqual([]);
  });

  test('each has a program with loopback alone, a bounded stop, and its files under the run directory', () => {
    const place = placeOf();
    mkdirSync(join(place.build, 'services/conductor'), { recursive: true });
    writeFileSync(join(place.build, 'services/conductor/exporter.cjs'), '');
    for (const part of PARTS) {
      const program = programOf(part, place);
      expect(program).toContain(`[program:${part.name}]\n`);
      expect(program).toMatch(/^stopwaitsecs=[123]$/m);
      expect(program).toContain(`stdout_logfile=${place.layout.logs}/${part.name}.log`);
      expect(program).not.toContain('0.0.0.0');
      for (const { path, text } of part.files(place)) {
        expect(path).toContain(`${place.layout.runDir}/`);
        expect(part.name === 'exporter' || !text.includes('${RUN}')).toBe(true);
      }
    }
  });

  test('each that is scraped has a job that reads the file of its targets', () => {
    const template = readFileSync(join(checkout, 'infra/prometheus/prometheus.yml'), 'utf8');
    const jobs = new Map(
      template
        .split('- job_name: ')
        .slice(1)
        .map((job) => [/^\S+/.exec(job)?.[0], /targets\/([\w-]+)\.json/.exec(job)?.[1]]),
    );
    expect(Object.fromEntries(jobs)).toEqual({
      'switchyard-workers': 'workers',
      'switchyard-tasks': 'tasks',
      ...Object.fromEntries(PARTS.filter(({ job }) => job !== undefined).map(({ job, name }) => [job, name])),
    });
  });
});

describe('Loki', () => {
  test('is the newest that was built on this machine, else that of PATH', () => {
    const place = placeOf();
    const inPath = stubBinary(join(place.path, 'loki'));
    expect(findBinary(loki, place)).toBe(inPath);
    for (const version of ['3.7.8', '3.10.0']) stubBinary(join(place.cache, `loki-${version}/loki`));
    expect(findBinary(loki, place)).toBe(join(place.cache, 'loki-3.10.0/loki'));
  });

  test('keeps what it has in the run directory, and takes no fixed port for itself', () => {
    const place = placeOf({ LOKI_PORT: 4567 });
    const text = fileOf(loki, place);
    expect(text).toContain('http_listen_port: 4567');
    expect(text).toContain('grpc_listen_port: 0');
    expect(text).toContain(`path_prefix: '${place.layout.runDir}/loki'`);
  });
});

describe('an alert', () => {
  const links = (place: Place): ReadonlySet<string> =>
    new Set(
      prometheus
        .files(place)
        .flatMap(({ text }) => [...text.matchAll(/docs_url: (.*)#\w+"?$/gm)])
        .map(([, link = '']) => link),
    );

  test('leads to its heading in the docs of the checkout, or where ALERT_DOCS_URL says', () => {
    expect(links(placeOf())).toEqual(new Set([`"file://${checkout}/docs/OBSERVABILITY.md`]));
    const url = 'https://docs.example.org/observability';
    expect(links(placeOf({ ALERT_DOCS_URL: url }))).toEqual(new Set([`"${url}`]));
  });

  test('leads to pages that listen, and says which cluster it is about', () => {
    const place = placeOf({ HTTP_PORT: 4000, PROMETHEUS_PORT: 4001, ALERTMANAGER_PORT: 4002 });
    expect(programOf(prometheus, place)).toContain('"--web.external-url=http://localhost:4001"');
    expect(programOf(alertmanager, place)).toContain('"--web.external-url=http://localhost:4002"');
    expect(fileOf(prometheus, place)).toMatch(/^ {2}external_labels:\n {4}switchyard_cluster: 'localhost:4000'$/m);
  });
});

describe('Alertmanager', () => {
  test('keeps alerts to itself, or sends them to the webhook too', () => {
    expect(fileOf(alertmanager, placeOf())).toContain('webhook_configs: []');
    expect(fileOf(alertmanager, placeOf({ ALERT_WEBHOOK_URL: 'https://example.org/a?b="c"' }))).toContain(
      String.raw`webhook_configs: [{"url":"https://example.org/a?b=\"c\"","send_resolved":true}]`,
    );
  });
});

describe('Grafana, by a stub of its binary', () => {
  test('has no password that is known in production, where whoever is on this machine may look', () => {
    const environment = grafana.environment?.(placeOf({ MODE: 'production' })) ?? {};
    expect(Object.keys(environment).filter((name) => name.includes('PASSWORD'))).toEqual([]);
    expect(environment).toMatchObject({ GF_AUTH_BASIC_ENABLED: 'false', GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer' });
  });

  test.each([
    ['grafana-server', ''],
    ['grafana', ' "server"'],
  ])('%s is started with what it is provisioned from in the run directory', (name, verb) => {
    const place = placeOf({ GRAFANA_PORT: 4000, PROMETHEUS_PORT: 4001, SCRAPE_INTERVAL: 7 });
    const binary = stubBinary(join(place.path, name));
    expect(findBinary(grafana, place)).toBe(binary);
    const program = renderPartProgram(grafana, binary, place);
    expect(program).toContain(`command="${binary}"${verb} "--homepath" "/usr/share/grafana"`);
    for (const [variable, value] of Object.entries({
      GF_SERVER_HTTP_PORT: '4000',
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SECURITY_ADMIN_PASSWORD: 'admin',
      GF_PATHS_PROVISIONING: `${place.layout.runDir}/grafana/provisioning`,
      PROMETHEUS_URL: 'http://127.0.0.1:4001',
      SCRAPE_INTERVAL: '7',
    })) {
      expect(program).toContain(`${variable}="${value}"`);
    }
  });

  test('provisioning and dashboards of the checkout are copied as they are', () => {
    const place = placeOf();
    const templates = join(place.layout.runDir, '../infra');
    for (const [file, text] of [
      ['provisioning/datasources/all.yml', 'url: $PROMETHEUS_URL'],
      ['dashboards/websocket.json', '{}'],
      ['dashboards/notes.txt', ''],
    ] as const) {
      mkdirSync(resolve(templates, 'grafana', file, '..'), { recursive: true });
      writeFileSync(join(templates, 'grafana', file), text);
    }
    expect(grafana.files({ ...place, layout: { ...place.layout, templates } })).toEqual([
      { path: `${place.layout.grafana}/provisioning/datasources/all.yml`, text: 'url: $PROMETHEUS_URL' },
      { path: `${place.layout.grafana}/dashboards/websocket.json`, text: '{}' },
    ]);
  });
});
