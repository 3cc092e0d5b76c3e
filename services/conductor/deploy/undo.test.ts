import { expect, test } from 'vitest';
import { FakeWorker } from '../testing/fake-worker.js';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import { SILENT } from '../testing/silent-report.js';
import { Judging } from './judging.js';
import { planDeploy, type Undo } from './plan.js';
import { takeStepBack } from './undo.js';

const plan = planDeploy('blue', 'green', 'deploy', { kind: 'build', source: '' });
const takeBack = (site: FakeSite, undo: Undo): Promise<readonly string[]> =>
  takeStepBack(undo, {
    site,
    plan,
    report: SILENT,
    release: undefined,
    judging: new Judging(site, plan, () => {}),
    before: undefined,
    patienceMs: 100,
  });

test('a move is taken back on the color that it left', async () => {
  const site = fakeSite();
  const [blue, green] = await Promise.all([
    FakeWorker.start({ isDraining: true }),
    FakeWorker.start({ isDraining: true }),
  ]);
  site.engine.runs('blue', blue.url);
  site.engine.runs('green', green.url);
  expect(await takeBack(site, 'cancel-move')).toEqual([]);
  expect([blue.orders, green.orders]).toEqual([['cancel'], []]);
});

test('nobody goes back to a color that is dead', async () => {
  const site = fakeSite();
  site.engine.runs('green', (await FakeWorker.start()).url);
  site.engine.activeColor = 'green';
  await expect(takeBack(site, 'switch-back')).rejects.toThrow(
    'no worker of blue answers: there is nothing to go back to',
  );
  expect(site.engine.orders).toEqual([]);
});
