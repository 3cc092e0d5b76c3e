import { expect, test } from 'vitest';
import { whoMayConnect, whyNobodyMay } from './who-may-connect.js';

const door = (MODE: 'development' | 'production', given: Readonly<Record<string, string>>) => ({
  stack: { MODE },
  worker_environment: given,
});

test.each([
  ['development', {}, 'development (MODE=production closes it): anonymous clients, pages of any origin'],
  [
    'development',
    { ALLOW_ANONYMOUS: 'false' },
    'development (MODE=production closes it): clients with a token, pages of any origin',
  ],
  ['production', {}, 'production: clients with a token, pages of this address'],
  [
    'production',
    { ALLOW_ANONYMOUS: 'yes', ALLOWED_ORIGINS: 'https://a.example' },
    'production: anonymous clients, pages of https://a.example',
  ],
] as const)('who may connect is said: %s %j', (mode, given, words) => {
  expect(whoMayConnect(door(mode, given))).toBe(words);
});

test('that nobody may is said before a worker says it', () => {
  expect(whyNobodyMay(door('development', {}))).toBeUndefined();
  expect(whyNobodyMay(door('production', {}))).toContain('set JWT_SECRET');
  expect(whyNobodyMay(door('production', { JWKS_URL: 'https://id.example/keys' }))).toBeUndefined();
  expect(whyNobodyMay(door('production', { ALLOW_ANONYMOUS: 'true' }))).toBeUndefined();
});
