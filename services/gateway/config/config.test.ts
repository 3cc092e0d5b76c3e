import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALIASES } from './aliases.js';
import { readConfig } from './config.js';
import { coversStats } from './mode.js';
import { settings } from './settings.js';
import { ConfigError } from './together.js';

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toMatchObject({
      PORT: 8001,
      HOST: '127.0.0.1',
      COLOR: 'blue',
      WEBSOCKET_HEARTBEAT_INTERVAL: 30,
      HEARTBEAT_TIMEOUT: 60,
      GRACEFUL_SHUTDOWN_TIMEOUT: 10,
      MAX_CLIENT_ERRORS: 10,
      SERVICE_NAME: 'websocket-message-counter',
    });
  });

  it.each([
    ['PORT', 'eighty', 'PORT="eighty": must be a number'],
    ['PORT', '70000', '65535'],
    ['COLOR', 'red', '"blue"|"green"'],
    ['REDIS_URL', 'http://x', 'redis://'],
    ['TRUSTED_PROXIES', '10.0.0.0/8,nowhere', 'CIDR'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'CIDR'],
    ['TRUSTED_PROXIES', '10.0.0.0/8/8', 'CIDR'],
    ['TRUSTED_PROXIES', '::1/129', 'CIDR'],
    ['WORKER', 'a b', 'letters'],
    ['ENABLE_HEARTBEAT', 'maybe', 'ENABLE_HEARTBEAT="maybe"'],
  ])('names the variable, the value and what is allowed: %s=%s', (variable, value, text) => {
    expect(() => readConfig({ [variable]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [variable]: value })).toThrow(text);
    expect(() => readConfig({ [variable]: value })).toThrow(variable);
  });

  it('names all that is wrong at once, a line each', () => {
    const read = (): unknown => readConfig({ PORT: 'eighty', COLOR: 'red' });
    expect(read).toThrow(/PORT="eighty".*\n.*COLOR="red"/);
  });

  it('takes an empty variable as one that is not set, and blanks around a value as nothing', () => {
    expect(readConfig({ PORT: '', REDIS_URL: ' ', COLOR: ' green ' })).toMatchObject({ PORT: 8001, COLOR: 'green' });
    expect(readConfig({ REDIS_URL: '' }).REDIS_URL).toBeUndefined();
    expect(readConfig({ TRUSTED_PROXIES: ' 10.0.0.0/8 , ::1, ' }).TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '::1']);
  });

  it('refuses a heartbeat time-out as long as the interval', () => {
    expect(() => readConfig({ WEBSOCKET_HEARTBEAT_INTERVAL: '60', HEARTBEAT_TIMEOUT: '60.1' })).not.toThrow();
    expect(() => readConfig({ WEBSOCKET_HEARTBEAT_INTERVAL: '20', HEARTBEAT_TIMEOUT: '20' })).toThrow(ConfigError);
  });

  it('refuses a mode in which nobody could connect, and more than one key for tokens', () => {
    expect(() => readConfig({ MODE: 'production' })).toThrow(/^MODE=production: clients need a token.*JWT_SECRET/);
    expect(() => readConfig({ ALLOW_ANONYMOUS: 'false' })).toThrow(/^ALLOW_ANONYMOUS=false/);
    expect(() => readConfig({ MODE: 'production', ALLOW_ANONYMOUS: 'Yes' })).not.toThrow();
    const secret = { JWT_SECRET: 'x'.repeat(32) };
    expect(() => readConfig({ MODE: 'production', ...secret })).not.toThrow();
    expect(() => readConfig({ ...secret, JWKS_URL: 'http://a/b' })).toThrow('JWT_SECRET, JWKS_URL: only one');
    for (const name of ['JWKS_URL', 'LOKI_URL']) {
      for (const url of ['foo', 'http://', 'ftp://a/b']) {
        expect(() => readConfig({ [name]: url })).toThrow(
          `${name}=${JSON.stringify(url)}: an http:// or https:// address`,
        );
      }
      expect(() => readConfig({ [name]: 'http://a:b@c/' })).toThrow('an address without name and password');
    }
    expect(() => readConfig({ JWT_SECRET: 'short' })).toThrow(/^JWT_SECRET=\(a secret\): at least 32/);
    expect(() => readConfig({ ALLOWED_ORIGINS: 'a.example' })).toThrow('ALLOWED_ORIGINS="a.example": origins such as');
  });

  it('refuses a key before one that is not there', () => {
    const secret = 'x'.repeat(32);
    expect(() => readConfig({ JWT_SECRET_PREVIOUS: secret })).toThrow(
      /^JWT_SECRET_PREVIOUS: is the key before JWT_SECRET/,
    );
    expect(() => readConfig({ JWT_SECRET: secret, JWT_PUBLIC_KEY_PREVIOUS: 'a.pem' })).toThrow(
      /^JWT_PUBLIC_KEY_PREVIOUS: is the key before JWT_PUBLIC_KEY/,
    );
    expect(() => readConfig({ JWT_SECRET: secret, JWT_SECRET_PREVIOUS: secret })).not.toThrow();
  });

  it('in production takes keys from afar over TLS alone, and only with an audience', () => {
    const read = (url: string, more: Record<string, string> = { JWT_AUDIENCE: 'switchyard' }) =>
      readConfig({ MODE: 'production', JWKS_URL: url, ...more });
    for (const url of ['http://id.example/jwks', 'http://127.0.0.1.id.example/jwks', 'http://10.0.0.1/jwks']) {
      expect(() => read(url)).toThrow(`JWKS_URL=${url}: must be https://`);
    }
    for (const url of ['https://id.example/jwks', 'http://localhost:8/jwks', 'http://127.1.2.3/', 'http://[::1]:8/']) {
      expect(() => read(url)).not.toThrow();
    }
    expect(() => read('https://id.example/jwks', {})).toThrow(/^JWT_AUDIENCE: must be set where JWKS_URL is/);
    expect(() => readConfig({ JWKS_URL: 'http://id.example/jwks' })).not.toThrow();
  });

  it('in production has no endpoint for tests, and covers what names clients unless it is told not to', () => {
    const production = { MODE: 'production', ALLOW_ANONYMOUS: 'true' };
    expect(() => readConfig({ ...production, ADMIN_PASSWORD: 'admin' })).toThrow(/^ADMIN_PASSWORD: not the one of dev/);
    expect(() => readConfig({ ...production, ADMIN_PASSWORD: 'eleven-long' })).toThrow(
      /^ADMIN_PASSWORD: at least 12 characters with MODE=production$/,
    );
    expect(() => readConfig({ ...production, ADMIN_PASSWORD: 'twelve-chars' })).not.toThrow();
    expect(() => readConfig({ ADMIN_PASSWORD: 'admin' })).not.toThrow();
    expect(() => readConfig({ ...production, ECHO_ENDPOINT: 'true' })).toThrow(/^ECHO_ENDPOINT=true: not with MODE=/);
    expect(readConfig({ ECHO_ENDPOINT: 'true' }).ECHO_ENDPOINT).toBe(true);
    const covers = (given: Record<string, string>) => coversStats(readConfig(given));
    expect([covers({}), covers(production)]).toEqual([false, true]);
    expect(covers({ ...production, ADMIN_COVERS_STATS: 'false' })).toBe(false);
    expect(covers({ ADMIN_COVERS_STATS: 'true' })).toBe(true);
  });

  it('does not print a secret that is wrong', () => {
    expect(() => readConfig({ CONTROL_TOKEN: 'short' })).toThrow(/^CONTROL_TOKEN=\(a secret\)/);
    expect(() => readConfig({ JWT_SECRET_PREVIOUS: 'short' })).toThrow(/^JWT_SECRET_PREVIOUS=\(a secret\)/);
  });

  it('refuses a heartbeat time-out that every connection would run into', () => {
    expect(() => readConfig({ WEBSOCKET_HEARTBEAT_INTERVAL: '60' })).toThrow('HEARTBEAT_TIMEOUT=60');
  });

  it('refuses a grace for moving that a stop has no time for', () => {
    expect(() => readConfig({ DRAIN_GRACE: '9' })).toThrow('DRAIN_GRACE=9');
  });

  it('takes the names of the FastPluggy WebSocket tool; our own win', () => {
    expect(readConfig({ FP_WST_MAX_QUEUE_SIZE: '7' }).MAX_QUEUE_SIZE).toBe(7);
    expect(readConfig({ FP_WST_MAX_QUEUE_SIZE: '7', MAX_QUEUE_SIZE: '8' }).MAX_QUEUE_SIZE).toBe(8);
    expect(readConfig({ FP_WST_ENABLE_HEARTBEAT: 'False' }).ENABLE_HEARTBEAT).toBe(false);
    expect(readConfig({ HEARTBEAT_INTERVAL: '20' }).WEBSOCKET_HEARTBEAT_INTERVAL).toBe(20);
    expect(readConfig({ FP_WST_RATE_LIMIT_BURST_MULTIPLIER: '1.5' }).RATE_LIMIT_BURST_MULTIPLIER).toBe(1.5);
    expect(readConfig({ RATE_LIMIT_TRUSTED: 'none' }).RATE_LIMIT_TRUSTED).toEqual([]);
    expect(() => readConfig({ FP_WST_RATE_LIMIT_BURST_MULTIPLIER: '0.5' })).toThrow(
      'FP_WST_RATE_LIMIT_BURST_MULTIPLIER',
    );
    expect(() => readConfig({ FP_WST_HEARTBEAT_TIMEOUT: 'x' })).toThrow('FP_WST_HEARTBEAT_TIMEOUT="x"');
  });

  it('is documented in docs/OPERATIONS.md, setting by setting with its default', () => {
    const table = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8');
    const defaults = readConfig({});
    for (const name of Object.keys(settings.shape)) {
      const value = Object.entries(defaults).find(([setting]) => setting === name)?.[1];
      const parts = Array.isArray(value) ? value.map((part) => (typeof part === 'string' ? part : part.name)) : [value];
      const shown = parts.join(',');
      expect(table, name).toMatch(
        new RegExp(`\\| \`${name}\` \\| ${shown === '' ? '' : `\`${shown.replaceAll('.', '\\.')}\``}`),
      );
    }
    for (const alias of Object.keys(ALIASES)) expect(table, alias).toContain(alias);
  });
});
