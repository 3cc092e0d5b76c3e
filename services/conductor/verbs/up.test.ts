import { expect, test } from 'vitest';
import { StackSettings } from '../settings.js';
import { otherThan } from './up.js';

test('only what was given by name, and runs otherwise, is told', () => {
  const remembered = { stack: StackSettings.parse({ HTTP_PORT: 9080 }), worker_environment: { HISTORY_SIZE: '5' } };
  expect(otherThan(remembered, {})).toEqual([]);
  expect(otherThan(remembered, { HTTP_PORT: 9080, HISTORY_SIZE: '5' })).toEqual([]);
  expect(otherThan(remembered, { HTTP_PORT: 80, HISTORY_SIZE: '6', LOG_LEVEL: 'debug' })).toEqual([
    'HTTP_PORT=80',
    'HISTORY_SIZE=6',
    'LOG_LEVEL=debug',
  ]);
});
