import { Tally, type Counted, type TallyRow } from './tally.js';

/** What was limited on one worker. */
export type LimitReport = Readonly<{
  /** Since it started. */
  messages: number;
  connections: number;
  disconnects: number;
  /** Of the last window, most limited first, at most 20 each. */
  clients: readonly TallyRow[];
  addresses: readonly TallyRow[];
}>;

/** `warning`: something was limited in the last window; `critical`: a connection was closed for it. */
export type LimitHealth = 'ok' | 'warning' | 'critical';

export const TOP = 20;

/** Keeps who was limited, for `/ws-stats` and `/healthz/`. */
export class LimitReports {
  readonly #windowMs: number;
  readonly #clients: Tally;
  readonly #addresses: Tally;
  readonly #totals = { messages: 0, connections: 0, disconnects: 0 };
  readonly #lastAtMs: { limited: number; disconnected: number } = { limited: -Infinity, disconnected: -Infinity };

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#clients = new Tally(windowMs, performance.now());
    this.#addresses = new Tally(windowMs, performance.now());
  }

  /** @param clientId undefined: it has none yet */
  count(what: Counted, ip: string, clientId?: string): void {
    const nowMs = performance.now();
    this.#totals[what] += 1;
    this.#lastAtMs[what === 'disconnects' ? 'disconnected' : 'limited'] = nowMs;
    this.#addresses.add(ip, what, nowMs);
    if (clientId !== undefined) this.#clients.add(clientId, what, nowMs);
  }

  report(): LimitReport {
    const nowMs = performance.now();
    return {
      ...this.#totals,
      clients: this.#clients.top(TOP, nowMs),
      addresses: this.#addresses.top(TOP, nowMs),
    };
  }

  health(): LimitHealth {
    const since = performance.now() - this.#windowMs;
    if (this.#lastAtMs.disconnected > since) return 'critical';
    return this.#lastAtMs.limited > since ? 'warning' : 'ok';
  }
}
