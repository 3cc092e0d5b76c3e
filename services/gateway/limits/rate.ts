/** So many in a window in the long run, and `burst` times as many at once [limit-1]. */
export type Rate = Readonly<{ limit: number; windowMs: number; burst: number }>;

/** What one costs: the time after which it has grown back, ms. */
export const costMs = ({ limit, windowMs }: Rate): number => windowMs / limit;

/** What may be used at once: as much as grows back in this time, ms. */
export const depthMs = ({ windowMs, burst }: Rate): number => windowMs * burst;

/** Less than any clock here can tell, ms: sums of fractions are not exact. */
const NOTHING_MS = 0.01;

/**
 * What is left of an allowance: the generic cell rate algorithm, whose whole state is when all that was used will have
 * grown back. Times are ms on one clock that never goes back.
 */
export class Bucket {
  readonly #costMs: number;
  readonly #depthMs: number;
  #fullAtMs: number;

  /** @param debtMs what is used already, as the time until it has grown back */
  constructor(rate: Rate, nowMs: number, debtMs = 0) {
    this.#costMs = costMs(rate);
    this.#depthMs = depthMs(rate);
    this.#fullAtMs = nowMs + debtMs;
  }

  /** Takes one and returns 0; or takes none, and returns after how long one can be taken, ms. */
  take(nowMs: number): number {
    const fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.#costMs;
    const waitMs = fullAtMs - nowMs - this.#depthMs;
    if (waitMs > NOTHING_MS) return waitMs;
    this.#fullAtMs = fullAtMs;
    return 0;
  }

  giveBack(): void {
    this.#fullAtMs -= this.#costMs;
  }

  /** It is at least so far from full, ms. */
  owe(debtMs: number, nowMs: number): void {
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs + debtMs);
  }

  debtMs(nowMs: number): number {
    return Math.max(0, this.#fullAtMs - nowMs);
  }

  /** How many can be taken now. */
  remaining(nowMs: number): number {
    return Math.max(0, Math.floor((this.#depthMs - this.debtMs(nowMs) + NOTHING_MS) / this.#costMs));
  }
}
