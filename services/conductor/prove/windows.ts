import type { Window } from '../../ledger/crowd/messages.js';
import type { DeployResult } from '../verbs/promote.js';

/**
 * The whole of a deploy that ended at `toMs`, and within it the time in which connections moved: its steps follow one
 * another up to the end.
 */
export const deployWindows = (
  name: string,
  fromMs: number,
  toMs: number,
  { deploys }: DeployResult,
): readonly Window[] => {
  const whole: Window = { phase: 'deploy', name, fromMs, toMs };
  const steps = deploys.at(-1)?.steps ?? [];
  const at = steps.findIndex(({ step }) => step === 'move');
  if (at < 0) return [whole];
  const secondsFrom = (index: number): number => steps.slice(index).reduce((sum, { seconds }) => sum + seconds, 0);
  const move = { fromMs: toMs - secondsFrom(at) * 1_000, toMs: toMs - secondsFrom(at + 1) * 1_000 };
  return [whole, { phase: 'move', name: `its move`, ...move }];
};
