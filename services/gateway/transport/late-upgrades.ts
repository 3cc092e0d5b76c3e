import type { HttpResponse } from 'uWebSockets.js';
import type { CorkLender } from './cork-lender.js';

/**
 * Upgrades that are answered in a later turn than they were asked for. uWebSockets.js wants writes in a cork and warns
 * of others on stderr, in lines that whoever reads them takes for errors. Its `HttpResponse.cork` looks at the response
 * when it returns, which an upgrade has freed, and then may close the new WebSocket at once (its issue 1928, mended by
 * its pull request 1929 of July 2026, which this binary is older than): one in a hundred. While another socket is corked it
 * does not do that, and does not warn: so the cork of one is borrowed that is always there. Were it gone, the upgrade would
 * be done without a cork: rather a warning than a client that is closed. The parts of the answer leave one by one, which is
 * the price until the binary has that fix.
 */
export class LateUpgrades {
  readonly #lender: CorkLender;

  constructor(lender: CorkLender) {
    this.#lender = lender;
  }

  run(response: HttpResponse, upgrade: () => void): void {
    if (this.#lender.isThere) this.#lender.lend(() => response.cork(upgrade));
    else upgrade();
  }
}
