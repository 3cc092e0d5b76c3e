import { msOf, numeral } from '../../services/ledger/table.js';
import type { Moment } from './recording.js';

/** What `moments`, of which the last is now, came to, in a line: `  15 s  9,412 open (blue 9,412)  …`. */
export const progressLine = (moments: readonly Moment[]): string => {
  const last = moments.at(-1);
  if (last === undefined) return '';
  const { blue, green } = last.open;
  const colors = Object.entries({ blue, green }).filter(([, count]) => count > 0);
  const where =
    colors.length === 0 ? '' : ` (${colors.map(([color, count]) => `${color} ${numeral(count)}`).join(', ')})`;
  const rate = (of: (moment: Moment) => number): string =>
    numeral(Math.round(moments.reduce((sum, moment) => sum + of(moment), 0) / moments.length));
  const worst = Math.max(...moments.map(({ times }) => times.delivery_ms?.p95 ?? Number.NaN).filter(Number.isFinite));
  const faults = moments.reduce((sum, moment) => sum + moment.faults, 0);
  return [
    `${String(last.seconds).padStart(5)} s`,
    `${numeral(blue + green)} open${where}`,
    `${rate(({ published }) => published)} acked/s`,
    `${rate(({ delivered }) => delivered.blue + delivered.green)} delivered/s`,
    ...(Number.isFinite(worst) ? [`p95 ${msOf(worst)}`] : []),
    `${numeral(faults)} faults`,
  ].join('   ');
};
