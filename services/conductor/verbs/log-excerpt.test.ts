import { expect, test } from 'vitest';
import { excerptOf, saidAtLast } from './log-excerpt.js';

const line = (level: string, message: string): string =>
  `green-1 | ${JSON.stringify({ timestamp: '2026-01-01T11:59:30.250Z', level, event: 'e', message, pid: 7 })}`;

test('what tells why comes without JSON, without what only went on, and with the file', () => {
  const log = [
    line('INFO', 'listening'),
    line('ERROR', 'no Redis'),
    'green-1 | TypeError: x',
    'green-1 |     at main.js:3',
  ];
  expect(excerptOf(log, '/run/logs')).toEqual([
    '  11:59:30.250 ERROR green-1   e  no Redis  pid=7',
    '  ERROR green-1   TypeError: x',
    '  all of it: /run/logs/green-1.log',
  ]);
  expect(saidAtLast(log)).toBe('; it said: TypeError: x');
});

test('without a warning the last lines are shown, at most five; without a log nothing', () => {
  const log = Array.from({ length: 9 }, (_, index) => line('INFO', `line ${index}`));
  const excerpt = excerptOf(log, '/run/logs');
  expect(excerpt).toHaveLength(6);
  expect(excerpt[4]).toContain('line 8');
  expect(excerptOf([], '/run/logs')).toEqual([]);
  expect([saidAtLast(log), saidAtLast([])]).toEqual(['', '']);
});
