import { BrokerUnavailable } from '../broker/channel-log.js';
import type { AllowanceCharge, SessionStore, SpentAllowance } from '../broker/session-store.js';
import { SharedRun } from '../lifecycle/shared-run.js';
import type { Allowance } from './allowance.js';
import { Bucket, costMs, depthMs, type Rate } from './rate.js';

export type Ledger = Pick<SessionStore, 'charge'>;

/** What a worker may have taken and not yet written, as a part of what may be used at once. */
const UNWRITTEN_PART = 0.1;

/**
 * The allowance of one session, shared by its connections on this worker. It lives here, so that a message costs no
 * round trip, and is written each time a tenth of it was taken, at a move, and with the end of a connection [limit-3].
 */
class SessionAllowance implements Allowance {
  readonly #ledger: Ledger;
  readonly #ref: string;
  readonly #bucket: Bucket;
  readonly #costMs: number;
  readonly #mostUnwrittenMs: number;
  #mark: string;
  #unwrittenMs = 0;
  /** One at a time: each builds on what the one before was told. */
  readonly #writes = new SharedRun(() => this.#write());

  constructor(ledger: Ledger, ref: string, rate: Rate, spent: SpentAllowance) {
    this.#ledger = ledger;
    this.#ref = ref;
    this.#bucket = new Bucket(rate, performance.now(), spent.debtMs);
    this.#costMs = costMs(rate);
    this.#mostUnwrittenMs = Math.max(this.#costMs, depthMs(rate) * UNWRITTEN_PART);
    this.#mark = spent.mark;
  }

  take(): number {
    const waitMs = this.#bucket.take(performance.now());
    if (waitMs > 0) return waitMs;
    this.#unwrittenMs += this.#costMs;
    if (this.#unwrittenMs >= this.#mostUnwrittenMs) void this.#writes.run();
    return 0;
  }

  giveBack(): void {
    this.#bucket.giveBack();
    this.#unwrittenMs -= this.#costMs;
  }

  remaining(): number {
    return this.#bucket.remaining(performance.now());
  }

  /** The store, or another connection, knows of this. */
  learn({ mark, debtMs }: SpentAllowance): void {
    if (mark === this.#mark || this.#writes.isBusy) return;
    this.#mark = mark;
    this.#bucket.owe(debtMs + this.#unwrittenMs, performance.now());
  }

  /** Resolves when what was taken so far is written, or could not be. */
  write(): Promise<void> {
    return this.#writes.run();
  }

  /** What the store still has to hear; it counts as heard. */
  rest(): AllowanceCharge | undefined {
    if (this.#unwrittenMs === 0) return undefined;
    const chargedMs = this.#unwrittenMs;
    this.#unwrittenMs = 0;
    return { mark: this.#mark, debtMs: this.#bucket.debtMs(performance.now()), chargedMs };
  }

  async #write(): Promise<void> {
    const charge = this.rest();
    if (charge === undefined) return;
    const askedAtMs = performance.now();
    try {
      const spent = await this.#ledger.charge(this.#ref, charge);
      if (spent === undefined) return;
      this.#mark = spent.mark;
      // As of when it was asked: what another worker took comes to it, and nobody waits longer than he was told.
      if (spent.debtMs > charge.debtMs + 1) this.#bucket.owe(spent.debtMs + this.#unwrittenMs, askedAtMs);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.#unwrittenMs += charge.chargedMs;
    }
  }
}

/** A session's allowance as one connection holds it. */
export interface HeldAllowance extends Allowance {
  /** Resolves when another worker would know all that was taken here, or the store can't be reached. */
  write(): Promise<void>;
  /** The connection is over. What is to be written with its end. */
  leave(): AllowanceCharge | undefined;
}

/** The allowances of the sessions that are connected here: one for each, however many connections it has. */
export class SessionAllowances {
  readonly #ledger: Ledger;
  readonly #rate: Rate;
  readonly #held = new Map<string, { readonly allowance: SessionAllowance; holders: number }>();

  constructor(ledger: Ledger, rate: Rate) {
    this.#ledger = ledger;
    this.#rate = rate;
  }

  /** @param spent as the store had it when the session was opened */
  hold(ref: string, spent: SpentAllowance): HeldAllowance {
    const known = this.#held.get(ref);
    known?.allowance.learn(spent);
    const entry = known ?? { allowance: new SessionAllowance(this.#ledger, ref, this.#rate, spent), holders: 0 };
    const { allowance } = entry;
    entry.holders += 1;
    this.#held.set(ref, entry);
    return {
      take: () => allowance.take(),
      giveBack: () => allowance.giveBack(),
      remaining: () => allowance.remaining(),
      write: () => allowance.write(),
      leave: () => {
        entry.holders -= 1;
        if (entry.holders === 0) this.#held.delete(ref);
        return allowance.rest();
      },
    };
  }
}
