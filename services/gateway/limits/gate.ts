import type { Allowance } from './allowance.js';
import type { Rate } from './rate.js';

/** A message that was not taken, as `system.rate_limited` says it; times are s. */
export type Limited = Readonly<{
  retryAfter: number;
  /** In a row. */
  violations: number;
  limit: number;
  window: number;
  /** The connection is to be closed: too many in a row. */
  isLast: boolean;
}>;

/** What one connection may send, and how often in a row it sent more. */
export class Gate {
  #allowance: Allowance | undefined;
  readonly #rate: Rate;
  readonly #disconnectAfter: number;
  #violations = 0;

  /** @param allowance undefined: none holds for it */
  constructor(allowance: Allowance | undefined, rate: Rate, disconnectAfter: number) {
    this.#allowance = allowance;
    this.#rate = rate;
    this.#disconnectAfter = disconnectAfter;
  }

  /** From now on its session's allowance counts. */
  share(allowance: Allowance): void {
    this.#allowance = allowance;
  }

  /** Undefined: the message may be taken, and the row of violations is over. */
  take(): Limited | undefined {
    const waitMs = this.#allowance?.take() ?? 0;
    if (waitMs === 0) {
      this.#violations = 0;
      return undefined;
    }
    this.#violations += 1;
    return {
      // Whole milliseconds, up: who waits that long succeeds [limit-2].
      retryAfter: Math.ceil(waitMs) / 1000,
      violations: this.#violations,
      limit: this.#rate.limit,
      window: this.#rate.windowMs / 1000,
      isLast: this.#violations >= this.#disconnectAfter,
    };
  }

  giveBack(): void {
    this.#allowance?.giveBack();
  }

  /** Messages that it may send now; null: no limit holds. */
  get remaining(): number | null {
    return this.#allowance?.remaining() ?? null;
  }
}
