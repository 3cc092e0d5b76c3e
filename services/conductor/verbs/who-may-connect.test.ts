import { expect, test } from 'vitest';
import { whoMayConnect, whyNobodyMay } from './who-may-connect.js';

test.each([
  [{}, 'development (MODE=production closes it): anonymous clients, pages of any origin'],
  [{ ALLOW_ANONYMOUS: 'false' }, 'development (MODE=production closes it): clients with a token, pages of any origin'],
  [{ MODE: 'production' }, 'production: clients with a token, pages of this address'],
  [
    { MODE: 'production', ALLOW_ANONYMOUS: 'yes', ALLOWED_ORIGINS: 'https://a.example' },
    'production: anonymous clients, pages of https://a.example',
  ],
])('who may connect is said: %j', (given: Readonly<Record<string, string>>, words) => {
  expect(whoMayConnect(given)).toBe(words);
});

test('that nobody may is said before a worker says it', () => {
  expect(whyNobodyMay({})).toBeUndefined();
  expect(whyNobodyMay({ MODE: 'production' })).toContain('set JWT_SECRET');
  expect(whyNobodyMay({ MODE: 'production', JWKS_URL: 'https://id.example/keys' })).toBeUndefined();
  expect(whyNobodyMay({ MODE: 'production', ALLOW_ANONYMOUS: 'true' })).toBeUndefined();
});
