import { describe, expect, it } from 'vitest';
import { defects, wrongAnswer } from './findings.js';
import { caseOf } from './fuzz-case.js';

const bytesOf = (seed: number, number: number): string => {
  const { kind, pieces, leaving } = caseOf(seed, number);
  return JSON.stringify([kind, leaving, pieces.map((piece) => piece.toString('hex'))]);
};

describe('a case of the fuzzer', () => {
  it('is the same for the same seed and number, in whatever order they are made', () => {
    const forwards = Array.from({ length: 50 }, (_, number) => bytesOf(7, number));
    const backwards = Array.from({ length: 50 }, (_, index) => bytesOf(7, 49 - index)).toReversed();
    expect(backwards).toEqual(forwards);
    expect(new Set(forwards).size).toBeGreaterThan(45);
  });

  it('is another one for another seed', () => {
    const same = Array.from({ length: 50 }, (_, number) => bytesOf(1, number) === bytesOf(2, number));
    expect(same.filter(Boolean).length).toBeLessThan(5);
  });

  it('is of every kind before long', () => {
    const kinds = new Set(Array.from({ length: 500 }, (_, number) => caseOf(1, number).kind));
    expect([...kinds].sort()).toEqual([
      'frames to /ws',
      'frames to /ws/chat/',
      'frames to /ws/metrics',
      'frames to /ws/{client_id}',
      'handshake',
      'handshake, half of it',
      'handshake, wrong',
      'noise',
      'request',
      'request, to smuggle',
      'requests, one behind the other',
    ]);
  });
});

describe('what the fuzzer finds wrong', () => {
  it.each([
    ['request', 'HTTP/1.1 500 Internal Server Error\r\n\r\n'],
    ['requests, one behind the other', 'HTTP/1.1 200 OK\r\n\r\n{}\nHTTP/1.1 502 Bad Gateway\r\n\r\n'],
    ['frames to /ws', '{"type":"error","code":"internal","message":"the server failed at this frame"}'],
  ])('a %s that is answered with %j', (kind, answer) => {
    expect(wrongAnswer({ kind }, answer)).toBeDefined();
  });

  it.each([
    ['request', 'HTTP/1.1 404 Not Found\r\n\r\n'],
    ['handshake', 'HTTP/1.1 503 Service Unavailable\r\n\r\n'],
    ['handshake, half of it', 'HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n'],
    ['frames to /ws', '{"type":"error","code":"invalid_json"}'],
  ])('not a %s that is answered with %j', (kind, answer) => {
    expect(wrongAnswer({ kind }, answer)).toBeUndefined();
  });

  it('every line of a worker, but those that tell of the client', () => {
    const line = (event: string) => ({ event, level: 'ERROR', text: event });
    const lines = [line('http_error'), line('admin_login_failed'), line('stderr')];
    expect(defects(lines).map(({ event }) => event)).toEqual(['http_error', 'stderr']);
  });
});
