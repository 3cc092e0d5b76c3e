import type { LedgerResult } from './probes.js';
import type { Verdict } from './check.js';
import { msOf, numeral } from './table.js';

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
  ];
  const found = counts.filter(([count]) => count > 0).map(([count, words]) => `${numeral(count)} ${words}`);
  return acked === 0 ? [...found, 'nothing was acked'] : found;
};

/** A publication that all of a channel's probes miss makes an example of each. */
const SHOWN = 3;
/** From here on the times of a ledger say more of its own process than of the cluster. */
const LATE_MS = 50;

const KINDS = [
  ['lost', 'lost'],
  ['duplicated', 'duplicated'],
  ['outOfOrder', 'out of order'],
] as const;

/** Of each kind of fault where the first one was: `First lost: probe 7 on ledger:3, on blue 0.4 s before …`. */
export const firstFaults = (first: Verdict['first']): readonly string[] =>
  KINDS.flatMap(([fault, words]) => (first[fault] === undefined ? [] : [`First ${words}: ${first[fault]}.`]));

/** A ledger in a few lines for a terminal, what must be known last. `file` holds all of it. */
export const ledgerLines = (result: LedgerResult, file: string): readonly string[] => {
  const { clean, verdict, unanswered, load, probes } = result;
  const { acked, delivered, lost, duplicated, outOfOrder, refused, told, deliveryMs, examples, first } = verdict;
  const { p50, p99, max } = deliveryMs;
  const figures = [
    `The ledger: ${numeral(acked)} publications acked, ${numeral(delivered)} deliveries, ${probes.moved} of ${probes.subscribers} probes moved`,
    `  lost ${numeral(lost)}   duplicated ${numeral(duplicated)}   out of order ${numeral(outOfOrder)}   refused ${numeral(refused)}   unanswered ${numeral(unanswered)}   told ${numeral(told)}`,
    `  delivered after ${msOf(p50)} (p50), ${msOf(p99)} (p99), ${msOf(max)} at most`,
    ...(load.loopP99Ms < LATE_MS
      ? []
      : [`  the process of the probes was late itself, by ${msOf(load.loopP99Ms)} (p99): the times hold that`]),
  ];
  if (clean) {
    return [...figures, 'Every probe got every acked publication of its channel, once and in order.', `  ${file}`];
  }
  return [
    ...figures,
    ...examples.slice(0, SHOWN).map((words) => `  ${words}`),
    ...firstFaults(first),
    `Not clean: ${ledgerFaults(result).join(', ')}. All of it:`,
    `  ${file}`,
  ];
};

/** What the caller writes to `ledger/<time>-<release>.json` in the run directory. docs/LEDGER.md says how to read it. */
export const ledgerJson = (result: LedgerResult, release: string): string =>
  `${JSON.stringify({ release, ...result }, null, 2)}\n`;

/** Beneath the run directory; without what a file name can't hold. */
export const ledgerFileName = ({ endedAt }: Pick<LedgerResult, 'endedAt'>, release: string): string =>
  `${endedAt.replaceAll(/[-:]|\.\d+/g, '')}-${release}.json`;
