import { CLOSE } from '../protocol/close-codes.js';
import type { Leg } from './leg.js';
import { backoffMs, type Settings } from './options.js';

/** Closes after which the client does not come back: it would only be closed again, or fight with its own successor. */
export const FINAL: ReadonlySet<number> = new Set([
  CLOSE.binaryFrame,
  CLOSE.policy,
  CLOSE.tooLarge,
  CLOSE.unauthorized,
  CLOSE.forbidden,
  CLOSE.replaced,
]);

/**
 * How long to wait before the next attempt [reconnect-1]. A welcome alone does not end a row of attempts, since a server
 * that is ill may welcome and close in a loop; a leg that has proven itself (`Leg.isProven`) does.
 */
export class Comeback {
  readonly #settings: Settings;
  /** Attempts in a row of which none has proven itself. */
  #attempt = 0;
  /** The server wants to be left alone until then, ms since 1970. */
  #notBefore = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** What must pass even when there is a reason to try at once, ms. */
  get restMs(): number {
    return Math.max(0, this.#notBefore - Date.now());
  }

  /** A leg that lived long enough is no part of a row. */
  credit(leg: Leg): void {
    if (leg.isProven) this.#attempt = 0;
  }

  /**
   * Before the attempt that follows the end of a leg, ms. After 4429 at least the `retry_after` of its last
   * `system.rate_limited`, and the back-off comes on top, so that many do not come at the same moment.
   */
  delayMs(leg: Leg, code: number): number {
    this.credit(leg);
    if (code === CLOSE.rateLimited) this.#notBefore = leg.retryAt;
    // A worker that restarts closes its connections one by one: no herd comes of those.
    const atOnce = code === CLOSE.serviceRestart && this.#attempt === 0;
    const delayMs = atOnce ? 0 : backoffMs(this.#settings, this.#attempt);
    this.#attempt += 1;
    return this.restMs + delayMs;
  }
}
