import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RunDirectory } from '../../../../services/conductor/run-directory.js';
import { StackSettings } from '../../../../services/conductor/settings.js';
import { settingsOf } from './config.js';
import { provisionedInterval } from './time-interval.js';

const emptyRunDir = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const runDir = (worker_environment: Readonly<Record<string, string>> = {}): string => {
  const folder = emptyRunDir();
  const stack = StackSettings.parse({ PROMETHEUS_PORT: 4001, SCRAPE_INTERVAL: 7 });
  new RunDirectory(folder).remember({ stack, worker_environment });
  return folder;
};

describe('what the dashboards are checked on', () => {
  it('is the stack of the run directory', () => {
    expect(settingsOf({ RUN_DIR: runDir({ LOKI_URL: 'http://127.0.0.1:4002' }) })).toEqual({
      prometheus: 'http://127.0.0.1:4001',
      loki: { url: 'http://127.0.0.1:4002', isNamed: false },
      scrapeInterval: 7,
    });
  });

  it('is what was named instead, without a stack too; an empty LOKI_URL leaves Loki out', () => {
    const environment = { RUN_DIR: emptyRunDir(), PROMETHEUS_URL: 'http://prometheus:1' };
    expect(settingsOf(environment)).toMatchObject({ prometheus: 'http://prometheus:1', loki: undefined });
    expect(settingsOf({ ...environment, LOKI_URL: 'http://loki:2' })).toMatchObject({
      loki: { url: 'http://loki:2', isNamed: true },
    });
    expect(settingsOf({ RUN_DIR: runDir({ LOKI_URL: 'http://127.0.0.1:4002' }), LOKI_URL: '' })).toMatchObject({
      loki: undefined,
    });
  });

  it('is refused by name: no stack, no address', () => {
    const empty = emptyRunDir();
    expect(() => settingsOf({ RUN_DIR: empty })).toThrow(`there is no stack in ${empty}`);
    for (const name of ['PROMETHEUS_URL', 'LOKI_URL']) {
      expect(() => settingsOf({ RUN_DIR: runDir(), [name]: 'localhost:9090' })).toThrow(
        `${name}=localhost:9090 is not allowed: not an http address`,
      );
    }
  });
});

it('Grafana takes the scrape interval of the stack for that of its datasource', () => {
  expect(provisionedInterval(7)).toBe(7);
});
