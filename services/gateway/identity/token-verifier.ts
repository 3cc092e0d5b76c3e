import { errors, jwtVerify, type JWTVerifyOptions, type JWTVerifyResult } from 'jose';
import type { Config } from '../config/settings.js';
import type { Loop } from '../lifecycle/loop.js';
import type { Logger } from '../observability/logger.js';
import { readClaims } from './claims.js';
import type { Identity } from './principal.js';
import { KeysUnavailable, RemoteKeys } from './remote-keys.js';
import { PUBLIC_ALGORITHMS, publicKey, secretKey, type TokenKey } from './token-key.js';

export type Verified = Readonly<{ ok: true; identity: Identity } | { ok: false; why: string }>;

/** The key of the settings, and the one before it, for as long as its tokens are good. */
type OwnKeys = Readonly<{ newest: TokenKey; previous: TokenKey | undefined }>;
type Verify = (token: string) => Promise<JWTVerifyResult>;

/** Tells whether a token is good, and what it says [token-2]. */
export class TokenVerifier {
  /** Where keys come from afar. */
  readonly #remoteKeys: RemoteKeys | undefined;
  readonly #verify: Verify | undefined;
  /** The longest that a token may live, ms: its revocation is forgotten then. */
  readonly #mostMs: number;

  /** @throws ConfigError for a public key that is none */
  constructor(config: Config, logger: Logger) {
    const { JWKS_URL: url } = config;
    this.#remoteKeys = url === undefined ? undefined : new RemoteKeys(url, logger);
    this.#verify = this.#verifyWith(optionsOf(config), ownKeys(config));
    const { MODE, REVOCATION_TTL, JWT_CLOCK_TOLERANCE } = config;
    this.#mostMs = MODE === 'production' ? (REVOCATION_TTL + JWT_CLOCK_TOLERANCE) * 1000 : Infinity;
  }

  get loops(): readonly Loop[] {
    return this.#remoteKeys === undefined ? [] : [this.#remoteKeys.loop];
  }

  /** Whether tokens can be checked at all: there is a key. */
  get checks(): boolean {
    return this.#verify !== undefined;
  }

  /** Keys from afar, and whether their server failed; undefined: those of the settings are there from the start, or none is wanted. */
  get remoteKeys(): Readonly<{ known: number; isAway: boolean }> | undefined {
    return this.#remoteKeys;
  }

  start(): void {
    this.#remoteKeys?.start();
  }

  stop(): void {
    this.#remoteKeys?.stop();
  }

  /** @throws KeysUnavailable */
  async verify(token: string): Promise<Verified> {
    if (this.#verify === undefined) return { ok: false, why: 'this server checks no tokens: connect without one' };
    try {
      const { payload } = await this.#verify(token);
      const identity = readClaims(payload);
      if (typeof identity === 'string') return { ok: false, why: `token: ${identity}` };
      const why = this.#whyTooLong(identity);
      return why === undefined ? { ok: true, identity } : { ok: false, why };
    } catch (error) {
      const why = whyOf(error);
      if (why !== undefined) return { ok: false, why };
      if (error instanceof KeysUnavailable) throw error;
      // A key of the JWKS that jose can't use, for instance.
      throw new KeysUnavailable("tokens can't be checked now: the key can't be used", { cause: error });
    }
  }

  /** One that outlived the memory of its revocation would be good again [token-8]. */
  #whyTooLong({ issuedAtMs, expiresAtMs }: Identity): string | undefined {
    if (this.#mostMs === Infinity) return undefined;
    if (expiresAtMs === undefined) return 'token: exp is missing, and here every token must end';
    // From its beginning, where it says: else one that is refused as too long today would be good later.
    const fromMs = Math.min(Date.now(), issuedAtMs ?? Infinity);
    return expiresAtMs - fromMs > this.#mostMs ? 'token: exp is too far away (REVOCATION_TTL)' : undefined;
  }

  #verifyWith(options: JWTVerifyOptions, own: OwnKeys | undefined): Verify | undefined {
    const remoteKeys = this.#remoteKeys;
    if (remoteKeys !== undefined) {
      const wanted = { ...options, algorithms: [...PUBLIC_ALGORITHMS] };
      return (token) => jwtVerify(token, remoteKeys.keyOf, wanted);
    }
    return own === undefined ? undefined : (token) => verifyWithOwn(token, own, options);
  }
}

/** Those of the settings; undefined: there are none. @throws ConfigError */
const ownKeys = (config: Config): OwnKeys | undefined => {
  const { JWT_SECRET: secret, JWT_SECRET_PREVIOUS: secretBefore } = config;
  if (secret !== undefined) return { newest: secretKey(secret), previous: optional(secretBefore, secretKey) };
  const { JWT_PUBLIC_KEY: pem, JWT_PUBLIC_KEY_PREVIOUS: pemBefore } = config;
  return pem === undefined
    ? undefined
    : {
        newest: publicKey(pem, 'JWT_PUBLIC_KEY'),
        previous: optional(pemBefore, (text) => publicKey(text, 'JWT_PUBLIC_KEY_PREVIOUS')),
      };
};

const optional = (text: string | undefined, read: (text: string) => TokenKey): TokenKey | undefined =>
  text === undefined ? undefined : read(text);

/** With either key, each by its own algorithms: while keys change, tokens of both are about. */
const verifyWithOwn = async (
  token: string,
  { newest, previous }: OwnKeys,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> => {
  const verify = ({ key, algorithms }: TokenKey): Promise<JWTVerifyResult> =>
    jwtVerify(token, key, { ...options, algorithms: [...algorithms] });
  try {
    return await verify(newest);
  } catch (error) {
    if (previous === undefined || !isOfAnotherKey(error)) throw error;
    return verify(previous);
  }
};

const isOfAnotherKey = (error: unknown): boolean =>
  error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed;

const optionsOf = ({ JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_CLOCK_TOLERANCE }: Config): JWTVerifyOptions => ({
  ...(issuer === undefined ? {} : { issuer }),
  ...(audience === undefined ? {} : { audience }),
  clockTolerance: JWT_CLOCK_TOLERANCE,
});

/** What is wrong with a token, in words that hold nothing of it; undefined: that is not what went wrong. */
const whyOf = (error: unknown): string | undefined => {
  if (!(error instanceof errors.JOSEError)) return undefined;
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf' ? 'the token is not valid yet' : `token: ${error.claim} is not what is wanted here`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the token is not signed with the key';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token: its alg is not that of the key';
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return 'the token names no key (kid), and more than one would do';
  if (error instanceof errors.JWKSNoMatchingKey) return 'the token is signed with a key that is not known';
  return 'the token is no signed JWT';
};
