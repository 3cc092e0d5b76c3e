import type { LedgerResult } from './probes.js';
import { msOf, tableLines } from './table.js';

/** A ledger in a few lines for a terminal, without a line end. */
export const ledgerLines = ({ clean, verdict, figures, unanswered, probes }: LedgerResult): readonly string[] => {
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
  const unsettled = unanswered === 0 ? [] : [`${unanswered} publishes were never answered.`];
  const all = `Every acked publication arrived at every one of ${probes.subscribers} probes, once and in order.`;
  return [...table, ...unsettled, ...examples, ...(clean ? [all] : [])];
};

/** What the caller writes to `ledger/<time>-<release>.json` in the run directory. docs/LEDGER.md says how to read it. */
export const ledgerJson = (result: LedgerResult, release: string): string =>
  `${JSON.stringify({ release, ...result }, null, 2)}\n`;

/** Beneath the run directory; without what a file name can't hold. */
export const ledgerFileName = ({ endedAt }: Pick<LedgerResult, 'endedAt'>, release: string): string =>
  `${endedAt.replaceAll(/[-:]|\.\d+/g, '')}-${release}.json`;
