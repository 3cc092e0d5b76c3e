import { expect, test } from 'vitest';
import { doneDeploy } from '../testing/done-deploy.js';
import { paceOf, paceWords } from './moves.js';

test('the pace of a move is that of its step alone', () => {
  const paces = paceOf('promote', doneDeploy(9_905, { step: 'ready', seconds: 3 }, { step: 'move', seconds: 10.3 }));
  expect(paces).toEqual([{ move: 'promote', connections: 9_905, seconds: 10.3, perSecond: 962 }]);
  expect(paces.map((pace) => paceWords(pace))).toEqual(['promote: 9,905 connections moved in 10.3 s (962/s)']);
});

test('a deploy that came to no move has none', () => {
  expect(paceOf('promote', doneDeploy(0, { step: 'ready', seconds: 3 }))).toEqual([]);
  expect(paceOf('rollback', { outcome: 'unchanged', active: 'blue', deploys: [] })).toEqual([]);
});
