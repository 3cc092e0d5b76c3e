import { describe, expect, test } from 'vitest';
import { loggedSession, sessionDigest } from '../../gateway/observability/logger.js';
import { isWanted, wantedBy, type FilterWords } from './log-filters.js';
import { parseLine } from './log-lines.js';
import { logqlOf } from './logql.js';
import { follows } from './logs.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const SESSION_ID = '6f1c7d1e-0c53-4f4b-8f0a-2f5a2b0b8f11';
const line = parseLine(
  'green-2',
  JSON.stringify({
    timestamp: '2026-01-01T11:59:30.250Z',
    level: 'WARN',
    event: 'redis_lost',
    session_id: loggedSession(sessionDigest(SESSION_ID)),
    message: '',
  }),
  0,
);
const takes = (words: FilterWords): boolean => isWanted(wantedBy(words, NOW), line);

describe('filters', () => {
  test.each<[FilterWords, boolean]>([
    [{}, true],
    [{ LEVEL: 'info' }, true],
    [{ LEVEL: 'warn' }, true],
    [{ LEVEL: 'ERROR' }, false],
    [{ EVENT: 'redis' }, true],
    [{ EVENT: 'websocket' }, false],
    [{ COLOR: 'green' }, true],
    [{ COLOR: 'blue' }, false],
    [{ SINCE: '1m' }, true],
    [{ SINCE: '10s' }, false],
    [{ SINCE: '2026-01-01T00:00:00Z' }, true],
    [{ SESSION: line.session }, true],
    [{ SESSION: line.session.slice(0, 5) }, true],
    [{ SESSION: 'another' }, false],
  ])('%j: %s', (words, expected) => expect(takes(words)).toBe(expected));

  test('a session is found by its own id, which no line holds', () => {
    expect(takes({ SESSION: SESSION_ID })).toBe(true);
    expect(line.raw).not.toContain(SESSION_ID);
  });

  test('what is no filter is refused by its name', () => {
    expect(() => takes({ LEVEL: 'loud' })).toThrow('LEVEL=loud is not one of trace, debug');
    expect(() => takes({ SINCE: 'yesterday' })).toThrow('SINCE=yesterday');
    expect(() => takes({ COLOR: 'red' })).toThrow('COLOR=red is not one of blue, green');
  });
});

describe('the same in LogQL', () => {
  const query = (words: FilterWords): string => logqlOf(wantedBy(words, NOW));

  test.each<[FilterWords, string]>([
    [{}, '{service=~".+"}'],
    [{ LEVEL: 'warn', COLOR: 'blue' }, '{service=~".+", color="blue", level=~"WARN|ERROR|FATAL"}'],
    [{ EVENT: 'redis' }, '{service=~".+"} |= "redis" | json event="event" | event=~".*redis.*"'],
  ])('%j', (words, expected) => expect(query(words)).toBe(expected));

  test('what a person types is text, not a pattern and not a query', () => {
    expect(query({ EVENT: 'a.b"} |= "c' })).toBe(
      String.raw`{service=~".+"} |= "a.b\"} |= \"c" | json event="event" | event=~".*a\\.b\"\\} \\|= \"c.*"`,
    );
  });
});

test('it follows on a terminal where nothing says which lines, and where it is told to', () => {
  expect(follows({}, true)).toBe(true);
  expect(follows({ LEVEL: 'warn' }, true)).toBe(true);
  for (const words of [{ LINES: '5' }, { SINCE: '1m' }, { QUERY: '{a="b"}' }, { FOLLOW: '0' }]) {
    expect(follows(words, true)).toBe(false);
  }
  expect([follows({}, false), follows({ FOLLOW: '1', LINES: '5' }, false)]).toEqual([false, true]);
});
