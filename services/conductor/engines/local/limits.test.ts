import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFront } from './limits.js';
import { answerIn, parseRedisSettings } from './redis-settings.js';

const checkout = resolve(import.meta.dirname, '../../../..');

describe('readFront', () => {
  test('reads the template of the checkout', () => {
    expect(readFront(readFileSync(`${checkout}/nginx/nginx.conf`, 'utf8'))).toMatchObject({
      readTimeout: { setting: 'proxy_read_timeout', value: 120 },
      sendTimeout: { setting: 'proxy_send_timeout', value: 120 },
      connections: undefined,
    });
  });

  test('takes the least of several, in all units, and no comment', () => {
    const text = 'events {\n  worker_connections 512;\n}\n# proxy_read_timeout 1s;\nproxy_read_timeout 2m;\n';
    expect(readFront(`${text}  proxy_read_timeout 1m 30s;\n  proxy_send_timeout 500ms;\n`)).toMatchObject({
      readTimeout: { value: 90 },
      sendTimeout: { value: 0.5 },
      connections: { value: 512 },
    });
    expect(readFront('')).toMatchObject({ readTimeout: undefined, sendTimeout: undefined });
  });
});

describe('parseRedisSettings', () => {
  const found =
    (text: string) =>
    (name: string): string | undefined =>
      answerIn(text, name);
  const answer = (name: string, value: string): string =>
    `*2\r\n$${name.length}\r\n${name}\r\n$${value.length}\r\n${value}\r\n`;
  const answers = (buffers: string) =>
    found(
      [
        answer('client-output-buffer-limit', `normal 0 0 0 slave 268435456 67108864 60 pubsub ${buffers}`),
        answer('maxmemory-policy', 'noeviction'),
        answer('appendonly', 'no'),
        answer('appendfsync', 'everysec'),
        '+PONG\r\n',
      ].join(''),
    );
  const wanted = readFileSync(`${checkout}/infra/local/redis.conf`, 'utf8');

  test('gives what runs beside what was planned', () => {
    expect(parseRedisSettings(answers('268435456 134217728 60'), wanted)).toEqual({
      pubsubBuffer: { setting: 'client-output-buffer-limit pubsub', value: 134_217_728 },
      eviction: { setting: 'maxmemory-policy', value: 'noeviction' },
      persistence: [
        { setting: 'appendonly', wanted: 'yes', found: 'no' },
        { setting: 'appendfsync', wanted: 'everysec', found: 'everysec' },
      ],
    });
  });

  test('0 is no limit', () => {
    expect(parseRedisSettings(answers('0 0 0'), wanted)?.pubsubBuffer.value).toBe(Infinity);
    expect(parseRedisSettings(answers('1048576 0 0'), wanted)?.pubsubBuffer.value).toBe(1_048_576);
  });

  test('a Redis that does not say is not known', () => {
    expect(parseRedisSettings(found('-NOPERM\r\n+PONG\r\n'), wanted)).toBeUndefined();
  });
});
