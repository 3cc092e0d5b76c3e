import { describe, expect, test } from 'vitest';
import type { WorkerSettings } from '../worker-settings.js';
import { keysStayGood } from './key-rules.js';
import { FACTS, wordsOf } from './testing/facts.js';

const BEFORE: WorkerSettings = {
  JWT_SECRET: 'old-secret',
  JWT_ISSUER: 'https://one.example',
  API_KEYS: 'shop:key-of-the-shop:publish, ops:key-of-ops:*',
};

/** The refusal; empty: there is none. `after`: what is other than before, undefined what is left out. */
const refusalOf = (
  after: Readonly<Record<string, string | undefined>>,
  before: WorkerSettings = BEFORE,
  mayBeReplaced = false,
): string => {
  const all = Object.entries({ ...before, ...after }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return wordsOf({ keys: { before, after: Object.fromEntries(all), mayBeReplaced } });
};

describe('keys that are good now', () => {
  test.each([
    ['nothing', {}],
    ['an old key that is kept', { JWT_SECRET: 'fresh', JWT_SECRET_PREVIOUS: 'old-secret' }],
    ['less that is asked of a token', { JWT_ISSUER: undefined }],
    ['one more place of keys', { JWKS_URL: 'https://one.example/jwks' }],
    ['one more API key, and other scopes', { API_KEYS: `${BEFORE['API_KEYS']},more:key-of-more:stats` }],
  ])('are good after a change of %s', (_what, after) => {
    expect(refusalOf(after)).toBe('');
  });

  test.each([
    [{ JWT_SECRET: 'fresh' }, 'JWT_SECRET changes, and JWT_SECRET_PREVIOUS is not the one that runs: '],
    [{ JWT_SECRET: 'fresh', JWT_SECRET_PREVIOUS: 'older' }, 'JWT_SECRET changes, '],
    [{ JWT_SECRET: undefined, JWT_PUBLIC_KEY: '/key.pem' }, 'JWT_SECRET is taken away, '],
    [{ JWT_ISSUER: 'https://two.example' }, 'JWT_ISSUER is another one: '],
    [{ JWT_AUDIENCE: 'shop' }, 'JWT_AUDIENCE is another one: '],
    [{ API_KEYS: 'ops:key-of-ops:*' }, 'API_KEYS has no longer the key of shop: '],
    [{ API_KEYS: 'shop:other-key:publish,ops:key-of-ops:*' }, 'API_KEYS has no longer the key of shop: '],
  ])('refuse a deploy with %j', (after, words) => {
    const refusal = refusalOf(after);
    expect(refusal).toContain(words);
    expect(refusal).toContain('REPLACE_KEYS=1');
    for (const secret of ['old-secret', 'fresh', 'key-of-the-shop', 'other-key']) expect(refusal).not.toContain(secret);
    expect(refusalOf(after, BEFORE, true)).toBe('');
  });

  test('a public key and a JWKS that are taken away are told too; the previous ones may go', () => {
    const before = {
      JWT_PUBLIC_KEY: '/one.pem',
      JWT_PUBLIC_KEY_PREVIOUS: '/none.pem',
      JWKS_URL: 'https://one.example',
    };
    expect(refusalOf({ JWT_PUBLIC_KEY_PREVIOUS: undefined }, before)).toBe('');
    expect(refusalOf({ JWT_PUBLIC_KEY: '/two.pem' }, before)).toContain('JWT_PUBLIC_KEY changes');
    expect(refusalOf({ JWKS_URL: undefined }, before)).toContain('JWKS_URL is taken away');
  });

  test('where no token was judged, none is refused; and where nothing runs, nothing is judged', () => {
    expect(refusalOf({ JWT_SECRET: 'first', JWT_ISSUER: 'https://one.example' }, {})).toBe('');
    expect(keysStayGood(FACTS)).toBeUndefined();
  });
});
