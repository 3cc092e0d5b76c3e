import { createHash, timingSafeEqual } from 'node:crypto';
import { API_SCOPES, type ApiKey, type ApiScope } from '../../config/api-keys.js';
import type { ReadHeader } from '../../identity/origins.js';
import type { SharedAttempts } from '../../limits/shared-attempts.js';
import type { Logger } from '../../observability/logger.js';
import type { HttpResponse, RequestHead } from '../../transport/http.js';
import { Problem, problemResponse } from './problem.js';

/** Who asks: a program with a key, or the stack itself with its own token, which may do everything. */
export type Caller = Readonly<{ name: string; scopes: readonly ApiScope[]; isOperator: boolean }>;

const OPERATOR: Caller = { name: '~operator', scopes: API_SCOPES, isOperator: true };
const BEARER = /^Bearer (.+)$/i;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export type CallersOptions = Readonly<{
  keys: readonly ApiKey[];
  /** Whether an `Authorization` header is the stack's own. */
  isOperator(authorization: string): boolean;
  /** At keys. */
  attempts: Pick<SharedAttempts, 'waitSeconds' | 'failed'>;
  logger: Logger;
}>;

/** Finds out who asks by the key in `X-API-Key` or `Authorization: Bearer`. */
export class Callers {
  readonly #known: readonly Readonly<{ digest: Buffer; caller: Caller }>[];
  readonly #options: CallersOptions;

  constructor(options: CallersOptions) {
    this.#known = options.keys.map(({ name, key, scopes }) => ({
      digest: digest(key),
      caller: { name, scopes, isOperator: false },
    }));
    this.#options = options;
  }

  /** In constant time, however many keys there are. @throws Problem */
  of(header: ReadHeader): Caller {
    if (this.#options.isOperator(header('authorization'))) return OPERATOR;
    if (this.#known.length === 0) {
      throw new Problem(
        'no_keys',
        'API_KEYS is not set on this worker: set it (name:key:scope+scope) and start it again',
      );
    }
    const given = digest(keyIn(header));
    let found: Caller | undefined;
    for (const known of this.#known) if (timingSafeEqual(known.digest, given)) found = known.caller;
    if (found === undefined) {
      throw new Problem('unauthorized', 'give a key of API_KEYS as X-API-Key: … or Authorization: Bearer …');
    }
    return found;
  }

  /** Whoever has no good key is answered at once; who tries many waits between two. Undefined: the key is good. */
  refuse({ header, ip }: RequestHead): HttpResponse | undefined {
    try {
      this.of(header);
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.kind !== 'unauthorized') return problemResponse(error);
      // Who gives none tries none.
      const slowed = keyIn(header) === '' ? undefined : this.#slowDown(ip);
      return slowed ?? problemResponse(error, { 'WWW-Authenticate': 'Bearer' });
    }
  }

  /** Counts a wrong key; undefined: its address need not wait. */
  #slowDown(ip: string): HttpResponse | undefined {
    const { attempts, logger } = this.#options;
    const seconds = attempts.waitSeconds(ip);
    if (seconds > 0) return tooMany(seconds);
    attempts.failed(ip);
    logger.warn({ event: 'api_key_refused', ip }, 'Wrong API key');
    return undefined;
  }
}

const keyIn = (header: ReadHeader): string => header('x-api-key') || (BEARER.exec(header('authorization'))?.[1] ?? '');

const tooMany = (seconds: number): HttpResponse =>
  problemResponse(new Problem('too_many_attempts', `too many wrong keys: wait ${seconds} s, or give a good one`), {
    'Retry-After': String(seconds),
  });
