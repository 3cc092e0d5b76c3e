import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { StackSettings } from '../../settings.js';
import { releaseEnvironment, stackEnvironment, workerEnvironmentIn } from './environment.js';

const place = {
  active: 'green',
  token: 'a-token',
  told: '/run/s/told',
  files: '/run/s/files',
  checkout: '/home/me/switchyard',
} as const;

test('a stack in containers gets its ports and times as they are told to a local one', () => {
  const settings = StackSettings.parse({
    LISTEN: 'local',
    WORKERS: 3,
    BLUE_PORT_BASE: 9_100,
    TASK_DRAIN: 4.5,
    WORKER_CPUS: 1.5,
    REDIS_MEMORY: '4G',
  });
  expect(stackEnvironment(settings, place)).toMatchObject({
    LISTEN_ON: '127.0.0.1',
    BLUE_PORTS: '9101-9103',
    GREEN_WORKERS: '3',
    STOP_GRACE_PERIOD: '13s',
    TASK_STOP_GRACE_PERIOD: '15s',
    ACTIVE_COLOR: 'green',
    CONTROL_TOKEN: 'a-token',
    TOLD: '/run/s/told',
    FILES: '/run/s/files',
    WORKER_CPUS: '1.5',
    WORKER_MEMORY: '512M',
    REDIS_MEMORY: '4G',
    ALERT_DOCS_URL: 'file:///home/me/switchyard/docs/OBSERVABILITY.md',
  });
  const alone = stackEnvironment(StackSettings.parse({ WORKERS: 1 }), place);
  expect(alone).toMatchObject({ LISTEN_ON: '', BLUE_PORTS: '8001' });
});

test('compose.yml knows each by its name', () => {
  const text = readFileSync('compose.yml', 'utf8');
  const given = { ...stackEnvironment(StackSettings.parse({}), place), ...releaseEnvironment('one') };
  expect(Object.keys(given).filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

test('workers find what is beside them in containers: Loki of the stack, and modules where their image has them', () => {
  const release = mkdtempSync(join(tmpdir(), 'switchyard-environment-'));
  onTestFinished(() => rmSync(release, { recursive: true }));
  mkdirSync(join(release, 'tasks'));
  const settings = StackSettings.parse({ LOKI_PORT: 9_031 });
  const given = { LOKI_URL: 'http://127.0.0.1:9031', LOG_LEVEL: 'warn', HANDLERS: './mine', TASKS: './tasks' };
  expect(workerEnvironmentIn(release, given, settings)).toEqual({
    LOKI_URL: 'http://loki:3100',
    LOG_LEVEL: 'warn',
    HANDLERS: '',
    TASKS: '/app/tasks',
  });
  const elsewhere = { LOKI_URL: 'http://loki.example' };
  expect(workerEnvironmentIn(release, elsewhere, settings)['LOKI_URL']).toBe('http://loki.example');
  expect(workerEnvironmentIn(release, {}, settings)['LOKI_URL']).toBe('');
});
