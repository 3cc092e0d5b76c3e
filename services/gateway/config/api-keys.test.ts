import { describe, expect, it } from 'vitest';
import { API_SCOPES } from './api-keys.js';
import { readConfig } from './config.js';

const KEY = 'a-key-of-twenty-char';

describe('API_KEYS', () => {
  it('holds names, keys and scopes, and none where it is not set', () => {
    expect(readConfig({}).API_KEYS).toEqual([]);
    expect(readConfig({ API_KEYS: `shop:${KEY}:publish+history, ops:${KEY}2=:*,` }).API_KEYS).toEqual([
      { name: 'shop', key: KEY, scopes: ['publish', 'history'] },
      { name: 'ops', key: `${KEY}2=`, scopes: API_SCOPES },
    ]);
  });

  it.each([
    ['shop', 'key 1 must be name:key:scope+scope'],
    [`shop:${KEY}`, 'key 1 must be'],
    [`shop:${KEY}:publish:more`, 'key 1 must be'],
    [`a:${KEY}:*,b c:${KEY}2:*`, 'key 2 must have a name'],
    ['shop:too-short-key:*', 'the key of shop must have at least 16'],
    [`shop:${KEY} ${KEY}:*`, 'the key of shop must be of'],
    [`shop:${KEY}:publish+fly`, 'shop has a scope fly: there are publish,'],
    [`shop:${KEY}:*,shop:${KEY}2:*`, 'two keys are called shop'],
    [`shop:${KEY}:*,ops:${KEY}:*`, 'shop and ops have the same key'],
  ])('says what is wrong with %s, and shows no key', (value, words) => {
    let message = '';
    try {
      readConfig({ API_KEYS: value });
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toMatch(/^API_KEYS=\(a secret\): /);
    expect(message).toContain(words);
    expect(message).not.toContain('too-short');
    expect(message).not.toContain(KEY);
  });
});
