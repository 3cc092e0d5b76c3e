import type { AddressAllowances, Taken } from '../broker/address-allowances.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import type { SpentAllowance } from '../broker/session-store.js';
import { allowanceHolder } from './address.js';
import { Gate } from './gate.js';
import { Bucket, costMs, depthMs, type Rate } from './rate.js';
import { LimitReports } from './reports.js';
import { SessionAllowances, type HeldAllowance, type Ledger } from './session-allowances.js';

export type LimitSettings = Readonly<{
  /** Of a session, or of a connection without one. */
  messages: Rate;
  /** Of an address, in the whole cluster. */
  connections: Rate;
  /** So many violations in a row close a connection. */
  disconnectAfter: number;
  /** No limit holds for these addresses. */
  isTrusted(ip: string): boolean;
}>;

/** Who asks: as much of a handshake as limits need. */
export type Visitor = Readonly<{ ip: string; operator: boolean }>;

/** The holder of passes of connections without a session. */
export const ANYBODY = '-';

/** What clients may send and open: docs/PROTOCOL.md, Rate limits. */
export class Limits {
  readonly settings: LimitSettings;
  readonly reports: LimitReports;
  readonly #addresses: AddressAllowances;
  readonly #sessions: SessionAllowances;

  constructor(settings: LimitSettings, ledger: Ledger, addresses: AddressAllowances) {
    this.settings = settings;
    this.#addresses = addresses;
    this.#sessions = new SessionAllowances(ledger, settings.messages);
    this.reports = new LimitReports(Math.max(settings.messages.windowMs, settings.connections.windowMs));
  }

  /** Whether none of this holds for it: the stack itself, and trusted addresses. */
  isExempt({ ip, operator }: Visitor): boolean {
    return operator || this.settings.isTrusted(ip);
  }

  /**
   * Takes one connection from the allowance of the address, or uses up a pass [limit-6] [limit-7].
   * @param holder the session that is to be resumed, or ANYBODY
   * @throws BrokerUnavailable
   */
  knock({ ip }: Visitor, holder: string): Promise<Taken> {
    const { connections } = this.settings;
    const rate = { costMs: costMs(connections), depthMs: depthMs(connections) };
    return this.#addresses.take(allowanceHolder(ip), holder, rate);
  }

  /** What a connection may send, until its session is known. */
  gate(visitor: Visitor): Gate {
    const { messages, disconnectAfter } = this.settings;
    return new Gate(this.isExempt(visitor) ? undefined : ownAllowance(messages), messages, disconnectAfter);
  }

  /** Undefined: no limit holds. */
  session(visitor: Visitor, ref: string, spent: SpentAllowance): HeldAllowance | undefined {
    return this.isExempt(visitor) ? undefined : this.#sessions.hold(ref, spent);
  }

  /** The one that moves may come again without cost for its address, once [limit-7]. Undefined: nothing has to be kept. */
  pass(visitor: Visitor, holder: string): Promise<void> | undefined {
    return this.isExempt(visitor) ? undefined : this.#pass(allowanceHolder(visitor.ip), holder);
  }

  async #pass(address: string, holder: string): Promise<void> {
    try {
      await this.#addresses.pass(address, holder);
    } catch (error) {
      // It counts as any other then.
      if (!(error instanceof BrokerUnavailable)) throw error;
    }
  }
}

const ownAllowance = (rate: Rate) => {
  const bucket = new Bucket(rate, performance.now());
  return {
    take: () => bucket.take(performance.now()),
    giveBack: () => bucket.giveBack(),
    remaining: () => bucket.remaining(performance.now()),
  };
};
