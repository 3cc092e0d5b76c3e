import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StackSettings } from '../../../settings.js';
import { layoutOf } from '../layout.js';
import { cacheFolder } from '../tools.js';
import { alertmanager } from './alertmanager.js';
import { loki } from './loki.js';
import { findBinary, type PartSpec, type Place } from './part.js';
import { prometheus } from './prometheus.js';

const checkout = resolve(import.meta.dirname, '../../../../..');
const lookUp = { path: process.env['PATH'] ?? '', cache: cacheFolder(process.env), build: '' };

/** Writes what a part is given, as the engine does. Returns its main file. */
const rendered = (part: PartSpec, settings: Readonly<Record<string, unknown>> = {}): string => {
  const runDir = mkdtempSync(join(tmpdir(), 'switchyard-rendered-'));
  onTestFinished(() => rmSync(runDir, { recursive: true, force: true }));
  const place: Place = { ...lookUp, layout: layoutOf(checkout, runDir), settings: StackSettings.parse(settings) };
  const files = part.files(place);
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return files[0]?.path ?? '';
};

const run = (...words: readonly [string, ...string[]]): string =>
  execFileSync(words[0], words.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('promtool takes the configuration of Prometheus, rules included', () => {
  expect(run('promtool', 'check', 'config', rendered(prometheus))).toContain('SUCCESS');
});

test.each([{}, { ALERT_WEBHOOK_URL: 'https://alerts.example.org/hook?token="a b"' }])(
  'amtool takes the configuration of Alertmanager with %o',
  (settings) => {
    const words = run('amtool', 'check-config', rendered(alertmanager, settings));
    expect(words).toContain('SUCCESS');
    expect(words).toContain('1 receivers');
  },
);

test('a critical alert is repeated more often than a warning', () => {
  const file = rendered(alertmanager);
  const route = (severity: string): string =>
    run('amtool', 'config', 'routes', 'test', `--config.file=${file}`, '--tree', `severity=${severity}`);
  expect(route('critical')).toContain('severity="critical"');
  expect(route('warning')).not.toContain('severity="critical"');
});

const lokiBinary = findBinary(loki, lookUp);
test.skipIf(lokiBinary === undefined)('Loki takes its configuration', () => {
  expect(() => run(lokiBinary ?? '', `-config.file=${rendered(loki)}`, '-verify-config')).not.toThrow();
});
