import { Ledger, type LedgerResult } from '../../ledger/probes.js';
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
  readonly #ledger: Ledger;
  readonly #subscribers: number;
  #result: Promise<LedgerResult> | undefined;

  private constructor(ledger: Ledger, subscribers: number) {
    this.#ledger = ledger;
    this.#subscribers = subscribers;
  }

  /** @throws {Failure} when the probes can't connect */
  static async open(site: Site, subscribers: number): Promise<Probing> {
    try {
      const url = publicUrl(site).replace(/^http/, 'ws');
      return new Probing(await Ledger.open({ url, headers: ownHeaders(site), subscribers, ...SHAPE }), subscribers);
    } catch (error) {
      throw new Failure(`the ledger's probes can't open: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Publishers of the new side. @throws {Failure} */
  async openSecondSide(): Promise<void> {
    try {
      await this.#ledger.openSecondSide();
    } catch (error) {
      throw new Failure(`the ledger's second publishers can't open: ${messageOf(error)}`, { cause: error });
    }
  }

  /** What the probes have met so far. Refused publishes are not in it: the old color's are none of the new one's faults. */
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

  /** Ends the probes and gives the verdict; asked again, the same one. */
  finish(): Promise<LedgerResult> {
    return (this.#result ??= this.#ledger.finish(SETTLE_MS));
  }
}
