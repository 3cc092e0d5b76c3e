import { z } from 'zod';
import { tableLines } from '../services/ledger/table.js';

const Result = z.object({ behavior: z.string(), behaviorClose: z.string(), duration: z.number() });
/** What the suite writes: by agent, then by case. */
export const Index = z.record(z.string(), z.record(z.string(), Result));
export type Results = Readonly<Record<string, z.infer<typeof Result>>>;

/** As the suite calls them. */
const GOOD: ReadonlySet<string> = new Set(['OK', 'NON-STRICT', 'INFORMATIONAL']);

const GROUPS: Readonly<Record<string, string>> = {
  '1': 'framing',
  '2': 'pings and pongs',
  '3': 'reserved bits',
  '4': 'opcodes',
  '5': 'fragmentation',
  '6': 'UTF-8',
  '7': 'closing',
  '9': 'limits and speed',
  '10': 'chopped writes',
  '12': 'compression',
  '13': 'compression, its parameters',
};

const groupOf = (name: string): string => name.split('.')[0] ?? '';

/** Of all cases of the suite, those that are in one of the sections, or are one of the cases. @throws {Error} naming one that is not there */
export const chosenCases = (all: readonly string[], wanted: readonly string[]): readonly string[] => {
  const isIn = (name: string, section: string): boolean => name === section || name.startsWith(`${section}.`);
  for (const section of wanted) {
    if (!all.some((name) => isIn(name, section))) throw new Error(`CASES: the suite has no case ${section}`);
  }
  return all.filter((name) => wanted.some((section) => isIn(name, section)));
};

/** Cases that are neither good nor said to be unimportant; one without a result is one of them. */
export const failedCases = (cases: readonly string[], results: Results): readonly string[] =>
  cases.filter((name) => {
    const result = results[name];
    // The suite judges the close by itself; it may be unclean where the case says nothing of it.
    return (
      result === undefined || !GOOD.has(result.behavior) || !['OK', 'INFORMATIONAL'].includes(result.behaviorClose)
    );
  });

/** A table by group of cases, for people. */
export const summary = (cases: readonly string[], results: Results): readonly string[] => {
  const groups = [...new Set(cases.map(groupOf))];
  const rows = groups.map((group) => {
    const names = cases.filter((name) => groupOf(name) === group);
    const count = (behavior: string): number => names.filter((name) => results[name]?.behavior === behavior).length;
    const seconds = names.reduce((sum, name) => sum + (results[name]?.duration ?? 0), 0) / 1000;
    return [
      `${group} ${GROUPS[group] ?? ''}`,
      names.length,
      count('OK'),
      count('NON-STRICT'),
      count('INFORMATIONAL'),
      failedCases(names, results).length,
      `${seconds.toFixed(0)} s`,
    ] as const;
  });
  return tableLines(['cases', 'run', 'ok', 'non-strict', 'informational', 'failed', 'took'], rows);
};
