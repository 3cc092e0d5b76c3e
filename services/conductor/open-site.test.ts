import { expect, test } from 'vitest';
import { withOwnLoki } from './open-site.js';
import { StackSettings } from './settings.js';

const lokiOf = (stack: object, given: Record<string, string> = {}): string | undefined =>
  withOwnLoki({ stack: StackSettings.parse(stack), worker_environment: given }).worker_environment['LOKI_URL'];

test("workers ship their lines to the stack's own Loki, unless another was named or nothing watches", () => {
  expect(lokiOf({ LOKI_PORT: 4_000 })).toBe('http://127.0.0.1:4000');
  expect(lokiOf({}, { LOKI_URL: 'http://loki.example' })).toBe('http://loki.example');
  expect(lokiOf({ OBSERVABILITY: 'off' })).toBeUndefined();
});
