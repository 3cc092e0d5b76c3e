import { numeral } from '../../ledger/table.js';
import type { DeployResult } from '../verbs/promote.js';

/** How fast the connections of a deploy moved. Nothing was promised of it: it depends on the machine. */
export type MovePace = Readonly<{
  /** `promote` or `rollback`. */
  move: string;
  connections: number;
  /** Of the whole step: until the old color held nobody, and no old front did. */
  seconds: number;
  /** Connections a second, over those seconds. */
  perSecond: number;
}>;

/** Empty for a deploy that came to no move, or failed in it. */
export const paceOf = (move: string, { deploys }: DeployResult): readonly MovePace[] => {
  const last = deploys.at(-1);
  const seconds = last?.steps.find(({ step }) => step === 'move')?.seconds ?? 0;
  if (last === undefined || seconds === 0) return [];
  return [{ move, connections: last.moved, seconds, perSecond: Math.round(last.moved / seconds) }];
};

/** `promote: 9,905 connections moved in 10.3 s (962/s)`. */
export const paceWords = ({ move, connections, seconds, perSecond }: MovePace): string =>
  `${move}: ${numeral(connections)} connections moved in ${seconds.toFixed(1)} s (${numeral(perSecond)}/s)`;
