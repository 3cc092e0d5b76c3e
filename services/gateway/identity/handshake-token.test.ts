import { expect, it } from 'vitest';
import { handshakeToken } from './handshake-token.js';

const tokenIn = (authorization: string, protocols: readonly string[], query: string): string | undefined =>
  handshakeToken({ protocols, query: new URLSearchParams(query) }, (name) => ({ authorization })[name] ?? '');

it.each([
  ['Bearer a.b.c', ['switchyard.v1', 'bearer.d'], 'token=e', 'a.b.c'],
  ['bearer  a', [], '', 'a'],
  ['Basic a', ['switchyard.v1', 'bearer.d'], 'token=e', 'd'],
  ['', ['switchyard.v1'], 'token=e', 'e'],
  ['', [], 'token=', undefined],
  ['', ['bearer.'], '', undefined],
  ['Bearer a b', [], '', undefined],
  ['', [], '', undefined],
])('[token-1] %j, %j, ?%s: %s', (authorization, protocols, query, token) => {
  expect(tokenIn(authorization, protocols, query)).toBe(token);
});
