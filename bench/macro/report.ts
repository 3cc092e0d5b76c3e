import { tableLines } from '../../services/ledger/table.js';
import { BUSY } from './lab.js';
import { verdictOf, type Figure } from './figure.js';
import type { Result } from './result.js';

const HEAD = ['', 'figure', 'target', '', 'rounds apart'];

/** As long as it must be: 3 digits, all of a large one. */
export const shown = (value: number, unit: string): string => {
  if (!Number.isFinite(value)) return 'not measured';
  const digits =
    Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
  return unit === '' || unit === '×' || unit === '/s' ? `${digits}${unit}` : `${digits} ${unit}`;
};

const targetOf = ({ atMost, atLeast, unit }: Figure): string => {
  if (atMost !== undefined) return `≤ ${shown(atMost, unit)}`;
  return atLeast === undefined ? '' : `≥ ${shown(atLeast, unit)}`;
};

const spreadOf = ({ spread }: Figure, rounds: number): string =>
  spread === undefined || rounds < 2 ? '' : `${Math.round(spread * 100)} %`;

/** Nothing when the machine had nothing else to do. */
export const busyLines = ({ machine, othersShare }: Pick<Result, 'machine' | 'othersShare'>): readonly string[] =>
  othersShare > BUSY
    ? [
        `On ${machine.date} the machine was busy with others (${Math.round(othersShare * 100)} % of it): the figures are worse than they are alone.`,
      ]
    : [];

/** What a run came to, for a terminal. */
export const reportLines = (result: Result): readonly string[] => {
  const { machine, figures, isQuick, rounds } = result;
  const benches = [...new Set(figures.map(({ bench }) => bench))];
  const rows = figures.map((figure) => [
    `${figure.bench}: ${figure.name}`,
    shown(figure.value, figure.unit),
    targetOf(figure),
    verdictOf(figure),
    spreadOf(figure, rounds),
  ]);
  const judged = figures.filter((figure) => verdictOf(figure) !== '');
  const missed = judged.filter((figure) => verdictOf(figure) === 'not met');
  return [
    `${machine.cores} × ${machine.processor}, Node ${machine.node}, Linux ${machine.kernel}, ${machine.date}, revision ${machine.revision || 'unknown'}`,
    '',
    ...tableLines(HEAD, rows),
    '',
    `${judged.length - missed.length} of ${judged.length} targets met (${benches.join(', ')})`,
    ...missed.map(
      (figure) => `NOT MET: ${figure.bench}: ${figure.name}: ${shown(figure.value, figure.unit)}, ${targetOf(figure)}`,
    ),
    ...busyLines(result),
    ...(isQuick ? ['A quick look: one short round of each. `make bench` without QUICK measures.'] : []),
  ];
};
