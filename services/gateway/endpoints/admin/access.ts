import { createHash, createHmac, scryptSync, timingSafeEqual } from 'node:crypto';
import type { ReadHeader } from '../../identity/origins.js';

export type AccessOptions = Readonly<{
  /** Undefined: nobody can log in. */
  password: string | undefined;
  controlToken: string | undefined;
  /** Where browsers send the cookie: `/` where more than the admin page wants it. */
  cookiePath: '/admin' | '/';
  /** Whether an `Authorization` header is the stack's own. */
  isOperator(authorization: string): boolean;
  now?(): number;
}>;

/**
 * Who asks: a person who logged in, until when (ms since 1970), by which login (of which it tells nothing); or the stack's
 * own token, which does not end.
 */
export type Visitor = Readonly<
  { kind: 'admin'; untilMs: number; login: string } | { kind: 'operator'; untilMs: number }
>;

export const COOKIE = 'switchyard_admin';
const LIFETIME_MS = 12 * 3_600_000;

/**
 * Who may use the admin page. What a login gives is a signed cookie: nothing is kept, and every worker of both colors with
 * the same password and token takes it. Another password or token ends all of them.
 */
export class Access {
  readonly #key: Buffer | undefined;
  readonly #password: Buffer | undefined;
  readonly #cookiePath: AccessOptions['cookiePath'];
  readonly #isOperator: (authorization: string) => boolean;
  readonly #now: () => number;

  constructor({ password, controlToken, cookiePath, isOperator, now = Date.now }: AccessOptions) {
    this.#password = password === undefined ? undefined : digest(password);
    // Slow on purpose: who has a cookie must not find the password by trying.
    this.#key = password === undefined ? undefined : scryptSync(password, `switchyard admin ${controlToken ?? ''}`, 32);
    this.#cookiePath = cookiePath;
    this.#isOperator = isOperator;
    this.#now = now;
  }

  /** Whether a password is set. */
  get isOpen(): boolean {
    return this.#key !== undefined;
  }

  /** The value of `Set-Cookie`; undefined: that is not the password. In constant time. */
  logIn(password: string, isSecure: boolean): string | undefined {
    if (this.#password === undefined || !timingSafeEqual(digest(password), this.#password)) return undefined;
    const until = String(this.#now() + LIFETIME_MS);
    return this.#cookie(`${until}.${this.#sign(until)}`, LIFETIME_MS / 1000, isSecure);
  }

  /** The value of `Set-Cookie` that ends a login in a browser. */
  logOut(isSecure: boolean): string {
    return this.#cookie('', 0, isSecure);
  }

  visitor(header: ReadHeader): Visitor | undefined {
    if (this.#isOperator(header('authorization'))) return { kind: 'operator', untilMs: Infinity };
    const [until = '', signature = ''] = (readCookie(header('cookie')) ?? '').split('.');
    if (this.#key === undefined || !timingSafeEqual(digest(signature), digest(this.#sign(until)))) return undefined;
    const untilMs = Number(until);
    return untilMs > this.#now()
      ? { kind: 'admin', untilMs, login: digest(`${until}.${signature}`).toString('base64url') }
      : undefined;
  }

  #sign(until: string): string {
    return createHmac('sha256', this.#key ?? '')
      .update(until)
      .digest('base64url');
  }

  #cookie(value: string, seconds: number, isSecure: boolean): string {
    const attributes = `Path=${this.#cookiePath}; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
    return `${COOKIE}=${value}; ${attributes}${isSecure ? '; Secure' : ''}`;
  }
}

const readCookie = (header: string): string | undefined =>
  header
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
