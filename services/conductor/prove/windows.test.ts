import { expect, test } from 'vitest';
import { doneDeploy } from '../testing/done-deploy.js';
import { deployWindows } from './windows.js';

test('the move lies where its steps say, counted from the end', () => {
  const deploy = doneDeploy(
    1,
    { step: 'ready', seconds: 3 },
    { step: 'move', seconds: 2 },
    { step: 'stop', seconds: 0.5 },
  );
  expect(deployWindows('promote', 10_000, 16_000, deploy)).toEqual([
    { phase: 'deploy', name: 'promote', fromMs: 10_000, toMs: 16_000 },
    { phase: 'move', name: 'its move', fromMs: 13_500, toMs: 15_500 },
  ]);
});

test('a deploy that came to no move has none', () => {
  expect(deployWindows('promote', 0, 1_000, doneDeploy(1, { step: 'ready', seconds: 3 }))).toHaveLength(1);
});
