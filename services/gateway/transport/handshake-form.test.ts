import { describe, expect, it } from 'vitest';
import { malformedHandshake } from './handshake-form.js';

const GOOD = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const judge = (changes: Readonly<Record<string, string>>) => {
  const headers: Readonly<Record<string, string>> = { ...GOOD, ...changes };
  return malformedHandshake((name) => headers[name] ?? '');
};

describe('a handshake', () => {
  it.each([
    [{}],
    [{ upgrade: 'WebSocket' }],
    [{ upgrade: 'h2c, websocket' }],
    [{ connection: 'keep-alive, Upgrade' }],
    [{ 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }],
  ])('is one: %o', (changes) => {
    expect(judge(changes)).toBeUndefined();
  });

  it.each([
    [{ upgrade: '' }, 426],
    [{ upgrade: 'h2c' }, 426],
    [{ connection: 'close' }, 426],
    [{ connection: 'upgraded' }, 426],
    [{ 'sec-websocket-version': '' }, 426],
    [{ 'sec-websocket-version': '8' }, 426],
    [{ 'sec-websocket-version': '13, 8' }, 426],
    [{ 'sec-websocket-key': '' }, 400],
    [{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ' }, 400],
    [{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZR==' }, 400],
    [{ 'sec-websocket-key': '!GhlIHNhbXBsZSBub25jZQ==' }, 400],
  ])('is none: %o', (changes, status) => {
    expect(judge(changes)).toMatchObject({ ok: false, status });
  });

  it('of another version is told which one is spoken', () => {
    expect(judge({ 'sec-websocket-version': '8' })?.headers).toEqual({
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
    });
  });
});
