import type { LedgerResult } from './probes.js';
import { msOf, tableLines } from './table.js';

/** What is wrong, in words: `2 lost`, `1 refused`. Empty for a clean ledger. */
export const ledgerFaults = ({ verdict, unanswered }: LedgerResult): readonly string[] => {
  const { acked, lost, duplicated, outOfOrder, refused, neverJoined } = verdict;
  const counts: readonly (readonly [count: number, words: string])[] = [
    [lost, 'lost'],
    [duplicated, 'duplicated'],
    [outOfOrder, 'out of order'],
    [refused, 'refused'],
    [unanswered, 'never answered'],
    [neverJoined, 'probes never subscribed'],
    [acked === 0 ? 1 : 0, 'run in which nothing was acked'],
  ];
  return counts.filter(([count]) => count > 0).map(([count, words]) => `${count.toLocaleString('en-US')} ${words}`);
};

/** A ledger in a few lines for a terminal, without a line end. */
export const ledgerLines = (result: LedgerResult): readonly string[] => {
  const { clean, verdict, figures, probes } = result;
  const { acked, delivered, lost, duplicated, outOfOrder, refused, told, deliveryMs, examples } = verdict;
  const table = tableLines(
    ['published', 'acked', 'delivered', 'lost', 'duplicated', 'out of order', 'refused', 'told', 'p50', 'p99', 'max'],
    [
      [
        figures.published,
        acked,
        delivered,
        lost,
        duplicated,
        outOfOrder,
        refused,
        told,
        msOf(deliveryMs.p50),
        msOf(deliveryMs.p99),
        msOf(deliveryMs.max),
      ],
    ],
  );
  const all = `Every acked publication arrived at every one of its channel's ${probes.subscribers / probes.channels} probes, once and in order.`;
  return [...table, ...(clean ? [all] : [`Not clean: ${ledgerFaults(result).join(', ')}.`, ...examples])];
};

/** What the caller writes to `ledger/<time>-<release>.json` in the run directory. docs/LEDGER.md says how to read it. */
export const ledgerJson = (result: LedgerResult, release: string): string =>
  `${JSON.stringify({ release, ...result }, null, 2)}\n`;

/** Beneath the run directory; without what a file name can't hold. */
export const ledgerFileName = ({ endedAt }: Pick<LedgerResult, 'endedAt'>, release: string): string =>
  `${endedAt.replaceAll(/[-:]|\.\d+/g, '')}-${release}.json`;
