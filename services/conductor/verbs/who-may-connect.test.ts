import { expect, test } from 'vitest';
import { whoMayConnect, whyNobodyMay, whyPasswordIsRefused } from './who-may-connect.js';

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

test('that a password is too short for production is said before a worker says it', () => {
  const why = (mode: 'development' | 'production', ADMIN_PASSWORD: string) =>
    whyPasswordIsRefused(door(mode, { ADMIN_PASSWORD }));
  expect(why('production', 'eleven-long')).toBe('ADMIN_PASSWORD: at least 12 characters with MODE=production');
  expect(why('production', 'twelve-chars')).toBeUndefined();
  expect(why('development', 'admin')).toBeUndefined();
  expect(whyPasswordIsRefused(door('production', {}))).toBeUndefined();
});
