import type { Run, Stretch } from './connection-account.js';
import type { SubscriberFindings } from './findings.js';
import type { Account } from './record.js';

/**
 * [order-1]: behind a `subscribed` the offsets of one connection follow one another, with no hole and no repeat. What
 * another connection of the same subscriber brings does not matter here.
 */
export const checkConnections = (account: Account, findings: SubscriberFindings): void => {
  const { connections, channel, subscriber } = account;
  for (const [index, { stretches, welcome }] of connections.entries()) {
    const which = `connection ${index + 1} of ${subscriber} on ${channel.name}`;
    // Runs of offsets hold no times.
    const where = (): string =>
      `${subscriber} on ${channel.name}${welcome === undefined ? '' : `, on a connection to ${welcome.color}`}`;
    for (const stretch of stretches) if (!isWhole(stretch)) checkStretch(stretch, which, where, findings);
  }
};

const isWhole = ({ base, runs: [first, second] }: Stretch): boolean =>
  second === undefined && (first === undefined || first.from === base + 1);

const checkStretch = (
  { base, runs }: Stretch,
  which: string,
  where: () => string,
  findings: SubscriberFindings,
): void => {
  let newest = base;
  const seen = new Set<number>();
  for (const run of runs) {
    for (const offset of offsetsOf(run)) {
      if (seen.has(offset)) {
        findings.ofConnection('duplicated', offset, { words: () => `${which} was sent offset ${offset} twice`, where });
      } else if (offset <= newest) {
        findings.ofConnection('outOfOrder', offset, {
          words: () => `${which} was sent offset ${offset} behind ${newest}`,
          where,
        });
      }
      seen.add(offset);
    }
    newest = Math.max(newest, run.to);
  }
  for (let offset = base + 1; offset < newest; offset += 1) {
    if (!seen.has(offset)) {
      findings.ofConnection('lost', offset, { words: () => `${which} was sent ${newest}, and never ${offset}`, where });
    }
  }
};

const offsetsOf = function* ({ from, to }: Run): Generator<number> {
  for (let offset = from; offset <= to; offset += 1) yield offset;
};
