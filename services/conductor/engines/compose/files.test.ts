import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readComposeSettings } from './config.js';
import { composeFiles } from './files.js';

const checkout = resolve(import.meta.dirname, '../../../..');

const rendered = (environment: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> => {
  const { files } = composeFiles(checkout, readComposeSettings(environment), 1_000);
  return new Map(files.map(({ path, text }) => [path.replace('/run/switchyard/', ''), text]));
};

describe('what the containers of a stack read', () => {
  test('nginx finds workers by the name of their color, again each second, the other color only in need', () => {
    const files = rendered();
    expect(files.get('nginx/green/upstream.conf')).toMatch(
      /server gateway-green:8001 resolve max_fails=0;\n +server gateway-blue:8001 resolve max_fails=0 backup;/,
    );
    expect(files.get('nginx/nginx.conf')).toContain('resolver 127.0.0.11 valid=1s ipv6=off;');
    expect(files.get('nginx/nginx.conf')).toContain('include "/run/switchyard/nginx/active/upstream.conf";');
  });

  test('a port that is published on another one of this machine is its own in the container', () => {
    const files = rendered({ HTTP_PORT: '9000' });
    expect(files.get('nginx/nginx.conf')).toContain('listen 0.0.0.0:80 ');
    expect(files.get('prometheus/prometheus.yml')).toContain("switchyard_cluster: 'localhost:9000'");
  });

  test('what others must not see is shut where MODE says so', () => {
    expect(rendered().get('nginx/public.conf')).toContain('(?:control|metrics)(?:');
    expect(rendered({ MODE: 'production' }).get('nginx/public.conf')).toContain('(?:control|metrics|admin)(?:');
    expect(rendered({ MODE: 'production', EXPOSE_ADMIN: '1' }).get('nginx/public.conf')).not.toContain('admin)(?:');
  });

  test('Prometheus finds workers and parts by name', () => {
    const files = rendered();
    expect(files.get('prometheus/prometheus.yml')).toContain('"names":["gateway-blue","gateway-green"]');
    expect(files.get('prometheus/prometheus.yml')).toContain('"names":["tasks-blue","tasks-green"]');
    expect(files.get('prometheus/targets/nginx-exporter.json')).toContain('"nginx-exporter:9113"');
    expect([...files.keys()].filter((path) => path.startsWith('prometheus/rules/')).length).toBeGreaterThan(3);
    expect(files.get('prometheus/targets/exporter.json')).toContain('"exporter:9102"');
    expect([...files.keys()]).not.toContainEqual(expect.stringContaining('.cjs'));
  });

  test('the token stands in the one file that needs it', () => {
    const token = 'a-token-of-16-or-more';
    const holding = [...rendered({ CONTROL_TOKEN: token })].filter(([, text]) => text.includes(token));
    expect(holding).toEqual([['prometheus/worker.token', token]]);
  });

  test('everything is filled in, and others reach what they ask', () => {
    const files = rendered();
    for (const path of [
      'nginx/nginx.conf',
      'loki/loki.yaml',
      'supervisor/redis.conf',
      'alertmanager/alertmanager.yml',
    ]) {
      expect(files.get(path)).not.toMatch(/\$\{[A-Z]/);
    }
    expect(files.get('loki/loki.yaml')).toContain('http_listen_address: 0.0.0.0');
    expect(files.get('supervisor/redis.conf')).toContain('dir "/run/switchyard/redis"');
  });

  test.each([
    ['2G', 1_288_490_188],
    ['512m', 322_122_547],
    ['900000kb', 552_960_000],
  ])('Redis refuses writes before it has all of %s', (memory, bytes) => {
    expect(rendered({ REDIS_MEMORY: memory }).get('supervisor/redis.conf')).toContain(`\nmaxmemory ${bytes}\n`);
  });

  test('a wrong setting is named', () => {
    expect(() => readComposeSettings({ SCRAPE_INTERVAL: '99' })).toThrow('SCRAPE_INTERVAL');
    expect(() => readComposeSettings({ ACTIVE_COLOR: 'red' })).toThrow('ACTIVE_COLOR');
    expect(readComposeSettings({ MODE: '' })).toMatchObject({ MODE: 'development', ACTIVE_COLOR: 'blue' });
  });
});
