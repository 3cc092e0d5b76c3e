import { allowanceHolder } from './address.js';

type Failures = Readonly<{ count: number; lastMs: number }>;

/** So many wrong ones cost nothing. */
const FREE = 3;
const MAX_WAIT_MS = 60_000;
/** After so long without one they are forgotten. */
const FORGET_MS = 15 * 60_000;
/** Addresses that are remembered; beyond that the one that failed longest ago is forgotten. */
const MAX_ADDRESSES = 1_000;

/**
 * Slows down who tries passwords or keys: after a few each costs twice the wait of the one before, for that address; an
 * IPv6 host has a whole network of them, which counts as one.
 */
export class Attempts {
  readonly #failures = new Map<string, Failures>();

  /** How long this address must wait until it may try, ms; 0: it may. */
  waitMs(ip: string, nowMs: number): number {
    const failures = this.#failures.get(allowanceHolder(ip));
    if (failures === undefined || failures.count < FREE || nowMs - failures.lastMs > FORGET_MS) return 0;
    const waitMs = Math.min(MAX_WAIT_MS, 1_000 * 2 ** (failures.count - FREE));
    return Math.max(0, failures.lastMs + waitMs - nowMs);
  }

  failed(ip: string, nowMs: number): void {
    const holder = allowanceHolder(ip);
    const before = this.#failures.get(holder);
    const isForgotten = before === undefined || nowMs - before.lastMs > FORGET_MS;
    this.#failures.delete(holder);
    this.#failures.set(holder, { count: isForgotten ? 1 : before.count + 1, lastMs: nowMs });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(ip: string): void {
    this.#failures.delete(allowanceHolder(ip));
  }
}
