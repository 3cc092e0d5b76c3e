import { describe, expect, it } from 'vitest';
import { isOriginRule, isSameOrigin, originCheck } from './origins.js';

const asks =
  (rules: readonly string[], host = 'ws.example.com') =>
  (origin: string): boolean =>
    originCheck(rules)((name) => ({ origin, host })[name] ?? '');

describe('originCheck', () => {
  it('[origin-1] lets in who sends no Origin, whatever the rules are', () => {
    for (const rules of [['self'], ['https://app.example.com'], ['*']]) expect(asks(rules)('')).toBe(true);
  });

  it('[origin-1] takes an exact origin: scheme, host and port', () => {
    const isLetIn = asks(['https://app.example.com', 'http://localhost:3000']);
    expect(['https://app.example.com', 'https://APP.example.com:443', 'http://localhost:3000'].map(isLetIn)).toEqual([
      true,
      true,
      true,
    ]);
    for (const origin of [
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://app.example.com.evil.example',
      'https://evil.example/?https://app.example.com',
      'https://ws.example.com',
      'null',
      'file://',
    ]) {
      expect(isLetIn(origin), origin).toBe(false);
    }
  });

  it('[origin-1] takes all names below one, and not that one itself', () => {
    const isLetIn = asks(['https://*.example.com']);
    expect(['https://a.example.com', 'https://a.b.example.com'].map(isLetIn)).toEqual([true, true]);
    for (const origin of [
      'https://example.com',
      'https://evilexample.com',
      'http://a.example.com',
      'https://a.example.com:1',
    ]) {
      expect(isLetIn(origin), origin).toBe(false);
    }
  });

  it('[origin-1] takes pages of the address that is asked, with its port, by the word self', () => {
    const isLetIn = asks(['self'], 'ws.example.com:8443');
    expect(isLetIn('https://ws.example.com:8443')).toBe(true);
    expect(['https://ws.example.com', 'https://evil.example', 'null'].map(isLetIn)).toEqual([false, false, false]);
  });

  it('[origin-1] takes no page of http for one of its own where it was asked through TLS', () => {
    const from =
      (proto: string) =>
      (origin: string): boolean =>
        isSameOrigin((name) => ({ origin, host: 'ws.example.com', 'x-forwarded-proto': proto })[name] ?? '');
    const pages = ['https://ws.example.com', 'http://ws.example.com', 'https://evil.example'];
    expect(pages.map(from('https'))).toEqual([true, false, false]);
    // A proxy in front may have ended TLS.
    for (const plain of ['http', '']) expect(pages.map(from(plain))).toEqual([true, true, false]);
  });

  it('takes every page by *', () => {
    expect(['https://evil.example', 'null'].map(asks(['*']))).toEqual([true, true]);
  });
});

describe('isOriginRule', () => {
  it.each(['*', 'self', 'https://a.example', 'http://localhost:3000', 'https://*.a.example:8443', 'http://[::1]:80'])(
    'knows %s',
    (rule) => expect(isOriginRule(rule)).toBe(true),
  );
  it.each([
    'a.example',
    'https://a.example/',
    'https://a.*.example',
    'wss://a.example',
    'https://*',
    'https://',
    'null',
  ])('does not know %s', (rule) => expect(isOriginRule(rule)).toBe(false));
});
