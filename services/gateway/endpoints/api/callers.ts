import { createHash, timingSafeEqual } from 'node:crypto';
import { API_SCOPES, type ApiKey, type ApiScope } from '../../config/api-keys.js';
import { Problem } from './problem.js';

/** Who asks: a program with a key, or the stack itself with its own token, which may do everything. */
export type Caller = Readonly<{ name: string; scopes: readonly ApiScope[]; isOperator: boolean }>;

const OPERATOR: Caller = { name: '~operator', scopes: API_SCOPES, isOperator: true };
const BEARER = /^Bearer (.+)$/i;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Finds out who asks by the key in `X-API-Key` or `Authorization: Bearer`. */
export class Callers {
  readonly #known: readonly Readonly<{ digest: Buffer; caller: Caller }>[];
  readonly #isOperator: (authorization: string) => boolean;

  constructor(keys: readonly ApiKey[], isOperator: (authorization: string) => boolean) {
    this.#known = keys.map(({ name, key, scopes }) => ({
      digest: digest(key),
      caller: { name, scopes, isOperator: false },
    }));
    this.#isOperator = isOperator;
  }

  /** In constant time, however many keys there are. @throws Problem */
  of(header: (name: string) => string): Caller {
    const authorization = header('authorization');
    if (this.#isOperator(authorization)) return OPERATOR;
    if (this.#known.length === 0) {
      throw new Problem(
        'no_keys',
        'API_KEYS is not set on this worker: set it (name:key:scope+scope) and start it again',
      );
    }
    const given = digest(header('x-api-key') || (BEARER.exec(authorization)?.[1] ?? ''));
    let found: Caller | undefined;
    for (const known of this.#known) if (timingSafeEqual(known.digest, given)) found = known.caller;
    if (found === undefined) {
      throw new Problem('unauthorized', 'give a key of API_KEYS as X-API-Key: … or Authorization: Bearer …');
    }
    return found;
  }
}
