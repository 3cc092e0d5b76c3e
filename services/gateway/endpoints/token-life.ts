/** The longest that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export type TokenTimes = Readonly<{
  /** So long before its end a client is warned, ms. */
  warningMs: number;
  /** Clocks may differ by so much, ms. */
  toleranceMs: number;
}>;

/** Whose token it is. */
export interface TokenHolder {
  /** @param seconds until the token ends */
  tokenExpiring(seconds: number): void;
  tokenExpired(): void;
}

/** A connection lives no longer than its token: warned before, ended after [token-4]. */
export class TokenLife {
  readonly #holder: TokenHolder;
  readonly #times: TokenTimes;
  #warning: NodeJS.Timeout | undefined;
  #end: NodeJS.Timeout | undefined;

  constructor(holder: TokenHolder, times: TokenTimes) {
    this.#holder = holder;
    this.#times = times;
  }

  /** Again where the token was renewed. @param expiresAtMs since 1970; undefined: it does not end */
  begin(expiresAtMs: number | undefined): void {
    this.stop();
    if (expiresAtMs === undefined) return;
    const { warningMs, toleranceMs } = this.#times;
    this.#at(
      expiresAtMs - warningMs,
      (timer) => (this.#warning = timer),
      () => this.#holder.tokenExpiring(Math.max(0, Math.round((expiresAtMs - Date.now()) / 1000))),
    );
    this.#at(
      expiresAtMs + toleranceMs,
      (timer) => (this.#end = timer),
      () => this.#holder.tokenExpired(),
    );
  }

  stop(): void {
    clearTimeout(this.#warning);
    clearTimeout(this.#end);
  }

  /** A timer that may be further away than timers reach. */
  #at(atMs: number, keep: (timer: NodeJS.Timeout) => void, act: () => void): void {
    const leftMs = Math.max(0, atMs - Date.now());
    const isFar = leftMs > MAX_TIMER_MS;
    keep(setTimeout(() => (isFar ? this.#at(atMs, keep, act) : act()), Math.min(leftMs, MAX_TIMER_MS)));
  }
}
