import { expect, test } from 'vitest';
import { changesOf, changeWords } from './worker-settings.js';

test('what changes is told by name, and no value', () => {
  const before = { JWT_SECRET: 'old', LOG_LEVEL: 'warn', DRAIN_RATE: '5' };
  const words = changeWords(changesOf(before, { JWT_SECRET: 'fresh', NAMESPACES: '/n.json', DRAIN_RATE: '5' }));
  expect(words).toBe(
    'Settings of workers change: JWT_SECRET (changed), LOG_LEVEL (back to its default), NAMESPACES (new). They hold until they are changed again.',
  );
  expect(changeWords(changesOf(before, before))).toBeUndefined();
});
