import { expect, test } from 'vitest';
import type { Summary } from '../deploy/deploy.js';
import type { DeployResult } from '../verbs/promote.js';
import { paceOf, paceWords } from './moves.js';

const deployOf = (moved: number, ...steps: Summary['steps']): DeployResult => ({
  outcome: 'done',
  active: 'green',
  deploys: [
    {
      reason: 'deploy',
      from: 'blue',
      to: 'green',
      release: 'r',
      steps,
      moved,
      shortfalls: [],
      ledger: undefined,
      outcome: 'done',
    },
  ],
});

test('the pace of a move is that of its step alone', () => {
  const paces = paceOf('promote', deployOf(9_905, { step: 'ready', seconds: 3 }, { step: 'move', seconds: 10.3 }));
  expect(paces).toEqual([{ move: 'promote', connections: 9_905, seconds: 10.3, perSecond: 962 }]);
  expect(paces.map((pace) => paceWords(pace))).toEqual(['promote: 9,905 connections moved in 10.3 s (962/s)']);
});

test('a deploy that came to no move has none', () => {
  expect(paceOf('promote', deployOf(0, { step: 'ready', seconds: 3 }))).toEqual([]);
  expect(paceOf('rollback', { outcome: 'unchanged', active: 'blue', deploys: [] })).toEqual([]);
});
