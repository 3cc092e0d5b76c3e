import { tableLines } from '../../services/ledger/table.js';
import type { Judgement } from '../verb.js';
import type { Figure } from './figure.js';
import { busyLines, shown } from './report.js';
import type { Result } from './result.js';

/** So much worse, as a share, may a ratio be: what runs of one revision on a quiet machine differ by, and a little. */
export const TOLERANCE = 0.15;

const keyOf = ({ bench, name }: Figure): string => `${bench}: ${name}`;

/** How much worse it is than it was, as a share; below 0: better. Where less is better a higher value is worse. */
export const worsening = (figure: Figure, before: number): number =>
  isMoreBetter(figure) ? before / figure.value - 1 : figure.value / before - 1;

/** A figure with a least value is better the more it is; so are rates. */
const isMoreBetter = ({ atLeast, better }: Figure): boolean => atLeast !== undefined || better === 'more';

/** The ratios of a run beside those of another: only they say something about two machines, or two days. */
export const compare = (result: Result, reference: Result): Judgement => {
  const before = new Map(reference.figures.filter(({ ratio }) => ratio).map((figure) => [keyOf(figure), figure.value]));
  const now = result.figures.filter(({ ratio }) => ratio);
  const pairs = now.flatMap((figure) => {
    const value = before.get(keyOf(figure));
    return value === undefined ? [] : [{ figure, value, worse: worsening(figure, value) }];
  });
  const rows = pairs.map(({ figure, value, worse }) => [
    keyOf(figure),
    shown(value, figure.unit),
    shown(figure.value, figure.unit),
    `${worse > 0 ? '+' : ''}${Math.round(worse * 100)} %`,
  ]);
  return {
    lines: [
      `${reference.machine.revision || 'unknown'} of ${reference.machine.date} beside ${result.machine.revision || 'unknown'} of ${result.machine.date}`,
      ...tableLines(['', 'before', 'now', 'worse by'], rows),
      ...(result.isQuick ? ['The result is of a quick look: compare one of `make bench` without QUICK.'] : []),
      ...[result, reference].flatMap((run) => busyLines(run)),
    ],
    failures: [
      ...(pairs.length === 0 ? ['The two have no ratio in common.'] : []),
      ...pairs
        .filter(({ worse }) => !(worse <= TOLERANCE))
        .map(
          ({ figure, value, worse }) =>
            `${keyOf(figure)} was ${shown(value, figure.unit)} and is ${shown(figure.value, figure.unit)}: worse by ` +
            `${Math.round(worse * 100)} %, and ${TOLERANCE * 100} % are allowed`,
        ),
    ],
  };
};
