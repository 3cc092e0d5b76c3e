import type { CorkLender } from './cork-lender.js';

/**
 * Upgrades that are answered in a later turn than they were asked for. uWebSockets.js wants writes in a cork and warns
 * of others on stderr, in lines that whoever reads them takes for errors. Its `HttpResponse.cork` looks at the response
 * when it returns, which an upgrade has freed, and then may close the new WebSocket at once (its issue 1928, mended by
 * its pull request 1929 of July 2026, which this binary is older than): one in a hundred. So the cork of a socket is
 * borrowed that is always there, and the response's own is never used: without a lender the upgrade is done all the same,
 * with a warning. The parts of the answer leave one by one, which is the price until the binary has that fix.
 */
export class LateUpgrades {
  readonly #lender: CorkLender;

  constructor(lender: CorkLender) {
    this.#lender = lender;
  }

  run(upgrade: () => void): void {
    this.#lender.lend(upgrade);
  }
}
