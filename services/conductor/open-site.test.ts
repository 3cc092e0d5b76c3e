import { expect, test } from 'vitest';
import { readConfig } from './config.js';
import { settingsForVerb, withOwnLoki } from './open-site.js';
import { StackSettings } from './settings.js';
import { fakeSite } from './testing/fake-site.js';

const lokiOf = (stack: object, given: Record<string, string> = {}): string | undefined =>
  withOwnLoki({ stack: StackSettings.parse(stack), worker_environment: given }).worker_environment['LOKI_URL'];

test("workers ship their lines to the stack's own Loki, unless another was named or nothing watches", () => {
  expect(lokiOf({ LOKI_PORT: 4_000 })).toBe('http://127.0.0.1:4000');
  expect(lokiOf({}, { LOKI_URL: 'http://loki.example' })).toBe('http://loki.example');
  expect(lokiOf({ OBSERVABILITY: 'off' })).toBeUndefined();
});

test('a verb takes the settings that run; what is given goes on top, and what is given empty back to its default', () => {
  const { run, settings } = fakeSite();
  run.remember({ ...settings, worker_environment: { JWT_SECRET: 'kept', LOG_LEVEL: 'warn', DRAIN_GRACE: '1' } });
  const { worker_environment: taken } = settingsForVerb(readConfig({ DRAIN_GRACE: '2', LOG_LEVEL: '' }), run);
  expect(taken).toEqual({ JWT_SECRET: 'kept', DRAIN_GRACE: '2' });
});
