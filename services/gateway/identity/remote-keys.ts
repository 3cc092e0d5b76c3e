import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import { Loop } from '../lifecycle/loop.js';
import type { Logger } from '../observability/logger.js';
import { UnknownKeys } from './unknown-keys.js';

/** Keys are asked for again so often, ms: one that was taken back opens nothing after that. */
const REFRESH_MS = 600_000;
/** Until keys have come for the first time they are asked for so often, ms: until then the worker takes nobody. */
const FIRST_MS = 1_000;
/** After it failed the server is asked again, and that it still fails is told, so often, ms. */
const AWAY_MS = 60_000;
/** A key that is not known is asked for at most so often, ms. */
const COOLDOWN_MS = 30_000;
const TIMEOUT_MS = 5_000;
/** A server that did not answer with keys is left alone so long, however many tokens ask for one, ms. */
const REST_MS = 1_000;

/** A token can't be checked now. Its message reaches clients: it names no host. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * The keys behind JWKS_URL. While their server is away those that are known go on working, and a token with another one
 * can't be checked [token-3]; nor can one whose key may have been added since the server was asked last.
 */
export class RemoteKeys {
  readonly loop = new Loop('token_keys', FIRST_MS, () => this.#turn());
  readonly #url: string;
  readonly #logger: Logger;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  readonly #unknown = new UnknownKeys();
  #restUntilMs = 0;
  #dueMs = -Infinity;
  #toldMs = -Infinity;
  #isAway = false;
  /** When the server was last asked and answered; undefined: it did not answer with keys. */
  #askedAtMs: number | undefined;

  constructor(url: string, logger: Logger) {
    this.#url = url;
    this.#logger = logger;
    this.#keys = createRemoteJWKSet(new URL(url), {
      // They are made anew by the loop: to forget them meanwhile would only shut the door.
      cacheMaxAge: Infinity,
      cooldownDuration: COOLDOWN_MS,
      timeoutDuration: TIMEOUT_MS,
      [customFetch]: this.#fetch,
    });
  }

  /** Whether their server failed when it was asked last. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** How many there are: with one at least tokens can be checked. */
  get known(): number {
    return this.#keys.jwks()?.keys.length ?? 0;
  }

  start(): void {
    this.loop.start(true);
  }

  stop(): void {
    this.loop.stop();
  }

  /** @throws KeysUnavailable, or what jose says of a token whose key does not exist */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    const nowMs = performance.now();
    try {
      return await this.#keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) this.#judgeUnknown(`${header?.alg} ${header?.kid}`, nowMs, error);
      if (isOfTheToken(error)) throw error;
      this.#failed();
      throw new KeysUnavailable("tokens can't be checked now: no answer with keys from JWKS_URL", { cause: error });
    }
  };

  /** @throws KeysUnavailable where the server was not asked since a token named this key first */
  #judgeUnknown(name: string, nowMs: number, cause: Error): void {
    const namedAtMs = this.#unknown.named(name, nowMs);
    if (this.#askedAtMs !== undefined && this.#askedAtMs >= namedAtMs) return;
    throw new KeysUnavailable("the token can't be checked now: JWKS_URL is asked for its key soon", { cause });
  }

  /** One at a time; jose's own cooldown holds only where keys came. */
  readonly #fetch: FetchImplementation = async (url, options) => {
    const nowMs = performance.now();
    if (nowMs < this.#restUntilMs) throw new Error('it was asked in vain less than a second ago');
    const response = await fetch(url, options);
    this.#askedAtMs = nowMs;
    return response;
  };

  #failed(): void {
    this.#askedAtMs = undefined;
    const nowMs = performance.now();
    this.#isAway = true;
    this.#dueMs = Math.min(this.#dueMs, nowMs + AWAY_MS);
    if (nowMs >= this.#restUntilMs) this.#restUntilMs = nowMs + REST_MS;
  }

  async #turn(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs < this.#dueMs && this.known > 0) return;
    this.#dueMs = nowMs + REFRESH_MS;
    try {
      await this.#keys.reload();
      this.#isAway = false;
    } catch (error) {
      this.#failed();
      // The timer may come some milliseconds early.
      if (nowMs - this.#toldMs < AWAY_MS - FIRST_MS) return;
      this.#toldMs = nowMs;
      const { known } = this;
      const follows =
        known > 0
          ? 'those that are known go on working'
          : 'none is known, and this worker takes nobody until they come';
      this.#logger.warn(
        { event: 'token_keys_unavailable', url: this.#url, known, error },
        `No keys from JWKS_URL (${wordsOf(error)}): ${follows}`,
      );
    }
  }
}

const isOfTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};
