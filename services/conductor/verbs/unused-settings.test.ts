import { expect, test } from 'vitest';
import { StackSettings } from '../settings.js';
import { meaninglessSettings, unusedSettings } from './unused-settings.js';

test('only what was given by name, and runs otherwise, is told', () => {
  const stack = StackSettings.parse({ HTTP_PORT: 9080 });
  const remembered = { stack, worker_environment: { HISTORY_SIZE: '5' } };
  expect(unusedSettings(remembered, {})).toEqual([]);
  expect(unusedSettings(undefined, { HTTP_PORT: 80 })).toEqual([]);
  expect(unusedSettings(remembered, { HTTP_PORT: 9080, HISTORY_SIZE: '5', GRACEFUL_SHUTDOWN_TIMEOUT: 10 })).toEqual([]);
  expect(unusedSettings(remembered, { GRACEFUL_SHUTDOWN_TIMEOUT: 4, HISTORY_SIZE: '6', LOG_LEVEL: 'debug' })).toEqual([
    'GRACEFUL_SHUTDOWN_TIMEOUT=4 is not used: the stack was brought up with 10; "make dev-down" and "make dev-up" change it.',
    'HISTORY_SIZE=6 is not used: the stack was brought up with 5; "make dev-down" and "make dev-up" change it.',
    'LOG_LEVEL=debug is not used: the stack was brought up with its default; "make dev-down" and "make dev-up" change it.',
  ]);
});

test('a secret is not shown', () => {
  const remembered = {
    stack: StackSettings.parse({ ALERT_WEBHOOK_URL: 'https://a.example/1' }),
    worker_environment: {},
  };
  const [line] = unusedSettings(remembered, { ALERT_WEBHOOK_URL: 'https://a.example/2' });
  expect(line).toMatch(/^ALERT_WEBHOOK_URL=… is not used: the stack was brought up with another;/);
});

test('a password is told in no line', () => {
  const remembered = { stack: StackSettings.parse({}), worker_environment: { ADMIN_PASSWORD: 'old secret' } };
  const [line] = unusedSettings(remembered, { ADMIN_PASSWORD: 'new secret' });
  expect(line).toMatch(/^ADMIN_PASSWORD=… is not used: the stack was brought up with another;/);
});

test('what is of the other engine alone is told', () => {
  const given = new Set(['REDIS_PORT', 'WORKER_MEMORY', 'WORKER_CPUS', 'HTTP_PORT']);
  expect(meaninglessSettings(StackSettings.parse({ ENGINE: 'compose' }), given)).toEqual([
    'REDIS_PORT: of no use to a stack that runs in containers (ENGINE=compose).',
  ]);
  expect(meaninglessSettings(StackSettings.parse({ ENGINE: 'local' }), given)).toEqual([
    'WORKER_MEMORY, WORKER_CPUS: of no use to a stack that runs as processes of this machine (ENGINE=local).',
  ]);
  expect(meaninglessSettings(StackSettings.parse({}), new Set(['HTTP_PORT']))).toEqual([]);
});

test.each(['local', 'compose'])('another Redis is not used, and that is told (ENGINE=%s)', (engine) => {
  expect(meaninglessSettings(StackSettings.parse({ ENGINE: engine }), new Set(['REDIS_URL']))).toEqual([
    expect.stringMatching(/^REDIS_URL is not used: a stack that "make dev-up" starts has a Redis of its own/),
  ]);
});
