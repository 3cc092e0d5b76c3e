import { z } from 'zod';

/** What a key of the HTTP API may be allowed to do; each command names the one that it needs. */
export const API_SCOPES = [
  'publish',
  'send',
  'history',
  'presence',
  'channels',
  'stats',
  'disconnect',
  'subscribe',
  'tasks',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export type ApiKey = Readonly<{
  /** For logs, and to tell apart whose idempotency keys are whose. */
  name: string;
  /** A secret: shown and logged nowhere. */
  key: string;
  scopes: readonly ApiScope[];
}>;

const NAME = /^[A-Za-z0-9_-]{1,32}$/;
/** What may stand behind `Bearer ` (RFC 6750, b64token), but for its length. */
const KEY = /^[A-Za-z0-9._~+/-]+=*$/;
const LEAST = 16;

const isScope = (text: string): text is ApiScope => API_SCOPES.some((scope) => scope === text);

/** `name:key:scope+scope`, separated by commas; `*` as scope: all of them. No message holds a key. */
export const apiKeys = () =>
  z
    .string()
    .default('')
    .transform((text, context): ApiKey[] => {
      const keys = text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '')
        .map((entry, index) => readKey(entry, index + 1));
      const wrong = keys.find((key) => typeof key === 'string') ?? clashOf(keys);
      if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
      return keys.filter((key) => typeof key !== 'string');
    });

/** A key, or what is wrong with it, in words. */
const readKey = (entry: string, number: number): ApiKey | string => {
  const [name = '', key = '', scopes = '', ...rest] = entry.split(':');
  if (scopes === '' || rest.length > 0) return `key ${number} must be name:key:scope+scope`;
  if (!NAME.test(name)) return `key ${number} must have a name of 1 to 32 letters, digits, _ or -`;
  if (key.length < LEAST) return `the key of ${name} must have at least ${LEAST} characters`;
  if (!KEY.test(key)) return `the key of ${name} must be of letters, digits and . _ ~ + / -`;
  const named = scopes === '*' ? API_SCOPES : scopes.split('+');
  const unknown = named.find((scope) => !isScope(scope));
  if (unknown !== undefined) return `${name} has a scope ${unknown}: there are ${API_SCOPES.join(', ')} and *`;
  return { name, key, scopes: named.filter(isScope) };
};

const clashOf = (keys: readonly (ApiKey | string)[]): string | undefined => {
  const known = keys.filter((key) => typeof key !== 'string');
  for (const [index, { name, key }] of known.entries()) {
    const before = known.slice(0, index);
    if (before.some((other) => other.name === name)) return `two keys are called ${name}`;
    const same = before.find((other) => other.key === key);
    if (same !== undefined) return `${same.name} and ${name} have the same key`;
  }
  return undefined;
};
