import { Ledger, type LedgerResult } from '../../ledger/probes.js';
import { ledgerFaults } from '../../ledger/report.js';
import { Failure, messageOf } from '../failure.js';
import { ownHeaders, publicUrl, type Site } from '../site.js';
import type { Reading } from '../vitals/figures.js';

/** On each side. */
export const PUBLISHERS = 5;
/** Publications a second of each publisher. */
const SHAPE = { publishers: PUBLISHERS, channels: 5, ratePerPublisher: 10 };
/** So long the last messages may take to arrive. */
const SETTLE_MS = 10_000;

/** The ledger's probes in one deploy: they go through the front, as clients do, from before the switch to the end. */
export class Probing {
  readonly #site: Site;
  /** On both colors while connections move. Undefined: not opened. */
  #both: OpenLedger | undefined;
  /** On the new color alone. */
  #own: OpenLedger | undefined;

  constructor(site: Site) {
    this.#site = site;
  }

  /** Before the switch: on the color that is left. @throws {Failure} when the probes can't connect */
  async open(): Promise<void> {
    this.#both = await OpenLedger.open(this.#site);
  }

  /** After the switch: publishers of the new side, or, where `open` failed, a ledger of the new color alone. @throws {Failure} */
  async openSecondSide(): Promise<void> {
    if (this.#both === undefined) await this.openOwn();
    else await this.#both.openSecondSide();
  }

  /** Another ledger, of the new color alone, if there is none yet: it alone is judged from now on. @throws {Failure} */
  async openOwn(): Promise<void> {
    this.#own ??= await OpenLedger.open(this.#site);
  }

  /** What the probes have met so far. */
  readings(): readonly Reading[] {
    const ledger = this.#own ?? this.#both;
    return ledger === undefined ? [] : [ledger.reading()];
  }

  /** Ends the probes and gives the verdict; asked again, the same one. Undefined: there were none. */
  async finish(): Promise<LedgerResult | undefined> {
    const [both, own] = await Promise.all([this.#both?.finish(), this.#own?.finish()]);
    return both ?? own;
  }

  /**
   * Ends the probes and judges.
   * @returns what is not clean and refuses nothing, in words; undefined: nothing
   * @throws {Failure} when messages were lost, doubled or put out of order; on the new color, where it has a ledger of its own
   */
  async prove(): Promise<string | undefined> {
    const [both, own] = await Promise.all([this.#both?.finish(), this.#own?.finish()]);
    const judged = own ?? both;
    if (judged !== undefined && isBroken(judged)) throw new Failure(`the ledger is not clean: ${faultsOf(judged)}`);
    // Which color refused is known by the workers' own figures, and those of the new one are judged.
    const unclean = [both, own].find((result) => result !== undefined && !result.clean);
    return unclean && `the ledger: ${faultsOf(unclean)}`;
  }
}

const isBroken = ({ verdict: { lost, duplicated, outOfOrder } }: LedgerResult): boolean =>
  lost + duplicated + outOfOrder > 0;

const faultsOf = (result: LedgerResult): string => ledgerFaults(result).join(', ');

class OpenLedger {
  readonly #ledger: Ledger;
  readonly #subscribers: number;
  #result: Promise<LedgerResult> | undefined;

  private constructor(ledger: Ledger, subscribers: number) {
    this.#ledger = ledger;
    this.#subscribers = subscribers;
  }

  static async open(site: Site): Promise<OpenLedger> {
    const { PROBES: subscribers } = site.verb;
    try {
      const url = publicUrl(site).replace(/^http/, 'ws');
      return new OpenLedger(await Ledger.open({ url, headers: ownHeaders(site), subscribers, ...SHAPE }), subscribers);
    } catch (error) {
      throw new Failure(`the ledger's probes can't open: ${messageOf(error)}`, { cause: error });
    }
  }

  async openSecondSide(): Promise<void> {
    try {
      await this.#ledger.openSecondSide();
    } catch (error) {
      throw new Failure(`the ledger's second publishers can't open: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Refused publishes are not in it: the old color's are none of the new one's faults. */
  reading(): Reading {
    const { resumeFailures, resets, unexpectedCloses, deliveryP99Ms } = this.#ledger.figures();
    const subscribers = this.#subscribers;
    return {
      source: 'the probes',
      moments: { delivery_lag_ms: deliveryP99Ms },
      shares: {
        resume_failures: { failed: resumeFailures, of: subscribers },
        recovery_failures: { failed: resets, of: subscribers },
        unexpected_closes: { failed: unexpectedCloses, of: subscribers },
      },
    };
  }

  finish(): Promise<LedgerResult> {
    return (this.#result ??= this.#ledger.finish(SETTLE_MS));
  }
}
