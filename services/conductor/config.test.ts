import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALIASES } from '../gateway/config/aliases.js';
import { settings } from '../gateway/config/settings.js';
import { settings as ofTasks } from '../tasks/config.js';
import { readConfig, WORKER_SETTINGS } from './config.js';
import { Failure } from './failure.js';
import { portsOf } from './settings.js';

const failureOf = (environment: Record<string, string>): Failure => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('readConfig', () => {
  test('the defaults', () => {
    const config = readConfig({});
    expect(config.stack).toEqual({
      ENGINE: '',
      MODE: 'development',
      WORKERS: 2,
      TASK_WORKERS: 1,
      TASK_DRAIN: 20,
      HTTP_PORT: 80,
      METRICS_PORT: 8080,
      STREAM_PORT: 5900,
      REDIS_PORT: 6379,
      BLUE_PORT_BASE: 8000,
      GREEN_PORT_BASE: 8100,
      LISTEN: 'all',
      GRACEFUL_SHUTDOWN_TIMEOUT: 10,
      RUN_USER: '',
      EXPOSE_ADMIN: '',
      OBSERVABILITY: 'on',
      PROMETHEUS_PORT: 9090,
      GRAFANA_PORT: 3000,
      LOKI_PORT: 3100,
      ALERTMANAGER_PORT: 9093,
      EXPORTER_PORT: 9102,
      REDIS_EXPORTER_PORT: 9121,
      NGINX_EXPORTER_PORT: 9113,
      SCRAPE_INTERVAL: 5,
      ALERT_WEBHOOK_URL: '',
      ALERT_DOCS_URL: '',
      TLS_CERT: '',
      TLS_DIR: '',
      HTTPS_PORT: 443,
      HSTS_MAX_AGE: 0,
      FRONT_PROXIES: '',
      WORKER_MEMORY: '512M',
      WORKER_CPUS: 0,
      REDIS_MEMORY: '2G',
      NGINX_MEMORY: '512M',
      TOOL_MEMORY: '512M',
    });
    expect(config.runDir).toBe(`${config.checkout}/.run`);
    expect(config.verb.FORCE).toBe(false);
  });

  test.each([
    ['WORKERS', '0'],
    ['WORKERS', 'many'],
    ['HTTP_PORT', '70000'],
    ['LISTEN', 'everywhere'],
    ['FORCE', 'please'],
    ['READY_TIMEOUT', '-1'],
    ['OBSERVABILITY', 'yes'],
    ['SCRAPE_INTERVAL', '0'],
    ['SCRAPE_INTERVAL', '16'],
    ['ALERT_WEBHOOK_URL', 'example'],
    ['ALERT_DOCS_URL', 'docs'],
    ['HTTPS_PORT', '0'],
    ['MODE', 'test'],
    ['RUN_USER', 'no user'],
    ['EXPOSE_ADMIN', 'yes'],
    ['HSTS_MAX_AGE', 'long'],
    ['FRONT_PROXIES', '10.0.0.0/8,nowhere'],
    ['FRONT_PROXIES', '10.0.0.0/33'],
    ['WORKER_MEMORY', '512'],
    ['REDIS_MEMORY', 'much'],
    ['WORKER_CPUS', '-1'],
  ])('%s=%s is refused by name and value', (name, value) => {
    const failure = failureOf({ [name]: value });
    expect(failure.message).toContain(`${name}=${value} is not allowed`);
    expect(failure.exitCode).toBe(2);
  });

  test('two things on one port are refused with both settings', () => {
    expect(failureOf({ HTTP_PORT: '8102' }).message).toBe(
      'HTTP_PORT and GREEN_PORT_BASE both want port 8102: give one of them another value',
    );
  });

  test('the port for TLS is one of ours only where there is a certificate, whose folder is found from anywhere', () => {
    const { stack } = readConfig({ TLS_DIR: 'certs', HTTPS_PORT: '9443' });
    expect(stack.TLS_DIR).toBe(resolve('certs'));
    expect(portsOf(stack)).toContainEqual({ port: 9443, setting: 'HTTPS_PORT', use: 'nginx (TLS)' });
    expect(portsOf(readConfig({ HTTPS_PORT: '9443' }).stack).map(({ port }) => port)).not.toContain(9443);
    expect(failureOf({ TLS_DIR: 'certs', HTTPS_PORT: '80' }).message).toContain('both want port 80');
  });

  test('an empty variable counts as absent', () => {
    expect(readConfig({ WORKERS: '', HTTP_PORT: '' }).given.size).toBe(0);
  });

  test('settings of the workers are passed on, others are not', () => {
    const { workerEnvironment } = readConfig({ DRAIN_RATE: '5', LOG_LEVEL: 'debug', PORT: '1', HOME: '/root' });
    expect(workerEnvironment).toEqual({ DRAIN_RATE: '5', LOG_LEVEL: 'debug' });
  });

  test('a public key is passed on as one line, and the path of a file so that it holds elsewhere too', () => {
    const passedOn = (key: string) => readConfig({ JWT_PUBLIC_KEY: key }).workerEnvironment['JWT_PUBLIC_KEY'];
    expect(passedOn('-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n')).toBe(
      '-----BEGIN PUBLIC KEY-----\\nabc\\n-----END PUBLIC KEY-----',
    );
    expect(passedOn('keys/public.pem')).toBe(resolve('keys/public.pem'));
    expect(readConfig({ NAMESPACES: 'names.json' }).workerEnvironment).toEqual({ NAMESPACES: resolve('names.json') });
    const modules = `${resolve('shop')},${resolve('chat.ts')}`;
    for (const setting of ['HANDLERS', 'TASKS']) {
      expect(readConfig({ [setting]: './shop, chat.ts,' }).workerEnvironment).toEqual({ [setting]: modules });
    }
  });
});

test('every setting of a worker can be passed on, but those that the conductor decides', () => {
  const decided = new Set([
    'PORT',
    'HOST',
    'REDIS_URL',
    'COLOR',
    'WORKER',
    'RELEASE',
    'MODE',
    'CONTROL_TOKEN',
    'GRACEFUL_SHUTDOWN_TIMEOUT',
    'TASK_DRAIN',
  ]);
  const all = [...Object.keys(settings.shape), ...Object.keys(ofTasks.shape), ...Object.keys(ALIASES)];
  const known = [...new Set(all)].filter((name) => !decided.has(name));
  expect([...WORKER_SETTINGS].sort()).toEqual(known.sort());
});
