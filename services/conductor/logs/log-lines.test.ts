import { describe, expect, test } from 'vitest';
import { formatLine, parseLine } from './log-lines.js';

const json = (fields: Record<string, string>): string =>
  JSON.stringify({ timestamp: '2026-01-01T11:59:30.250Z', level: 'INFO', ...fields });

describe('log lines', () => {
  test('a JSON line, and a bare one that has the time of the line before', () => {
    const line = parseLine('blue-1', json({ event: 'websocket_connected', message: 'WebSocket connected' }), 0);
    expect(formatLine(line)).toBe('11:59:30.250 INFO  blue-1    websocket_connected  WebSocket connected');
    expect(parseLine('blue-1', '    at main.js:3', line.time)).toMatchObject({ level: 'ERROR', time: line.time });
  });
});

test('a line shows what it says besides, so that one connection can be followed', () => {
  const raw = JSON.stringify({
    timestamp: '2026-01-02T03:04:05.678Z',
    level: 'INFO',
    service: 'switchyard',
    color: 'blue',
    event: 'websocket_disconnected',
    connection_id: 'c-1',
    code: 1012,
    message: 'WebSocket disconnected',
  });
  expect(formatLine(parseLine('blue-1', raw, 0))).toBe(
    '03:04:05.678 INFO  blue-1    websocket_disconnected  WebSocket disconnected  connection_id=c-1 code=1012',
  );
});
