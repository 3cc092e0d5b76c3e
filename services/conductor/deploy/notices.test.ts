import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { FakeWorker } from '../testing/fake-worker.js';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import { SILENT } from '../testing/silent-report.js';
import { deploy } from './deploy.js';
import { NOTICE_MS } from './notice.js';
import { Notices } from './notices.js';
import { planDeploy } from './plan.js';

const plan = planDeploy('blue', 'green', 'deploy', { kind: 'reuse', id: 'r2' });
const siteWith = (...urls: readonly [string, string]): FakeSite => {
  const site = fakeSite({ DRAIN_TIMEOUT: 0.7, PROBES: 0 });
  site.engine.runs('blue', urls[0]);
  site.engine.runs('green', urls[1]);
  return site;
};

test('every worker of both colors is told each step, the move as it goes, and the end, in order', async () => {
  const [blue, green] = [await FakeWorker.start(), await FakeWorker.start()];
  const notices = new Notices(siteWith(blue.url, green.url), plan, 10_000);
  notices.step('start', 'r2');
  notices.step('move', 'r2');
  const report = notices.watching(SILENT);
  const more = { perSecond: 7, note: 'paused: green is slow' };
  for (const moved of [4, 5, 10]) report.progress('connections moved', moved, 10, more);
  notices.step('stop', 'r2');
  await notices.end('done', 10, undefined, ['the start took 20 s', `a word${'s'.repeat(400)}`]);
  const common = { verb: 'promote', from: 'blue', to: 'green', release: 'r2', at: expect.any(String) as string };
  for (const { notices: told } of [blue, green]) {
    expect(told).toEqual([
      { ...common, step: 'start', state: 'running' },
      { ...common, step: 'move', state: 'running' },
      // The second came too soon behind it.
      { ...common, step: 'move', state: 'running', moved: 4, left: 6, rate: 7, note: more.note },
      // That all have moved is told at once.
      { ...common, step: 'move', state: 'running', moved: 10, left: 0, rate: 7, note: more.note },
      { ...common, step: 'stop', state: 'running', moved: 10, left: 0 },
      {
        ...common,
        step: 'stop',
        state: 'done',
        moved: 10,
        left: 0,
        note: expect.stringMatching(/^the start took 20 s; a words{200,}…$/) as string,
      },
    ]);
  }
});

test('a worker that does not listen costs a deploy nothing, and the others are told', async () => {
  const hung = createServer();
  hung.listen(0, '127.0.0.1');
  await once(hung, 'listening');
  onTestFinished(() => void hung.close());
  const address = hung.address();
  const green = await FakeWorker.start();
  const port = typeof address === 'object' ? address?.port : 0;
  const notices = new Notices(siteWith(`http://127.0.0.1:${port}`, green.url), plan);
  const beganAt = performance.now();
  for (const { name } of plan.steps) notices.step(name, undefined);
  expect(performance.now() - beganAt).toBeLessThan(50);
  await notices.end('failed', 0, undefined, []);
  // Not so long as it takes to give up on it at each step.
  expect(performance.now() - beganAt).toBeLessThan((plan.steps.length - 1) * NOTICE_MS);
  await expect.poll(() => green.notices.length, { timeout: 10_000 }).toBe(plan.steps.length + 1);
});

test('a deploy that fails says the step and the cause at once, and again when all was taken back', async () => {
  const [blue, green] = [await FakeWorker.start(), await FakeWorker.start()];
  const known = planDeploy('blue', 'green', 'deploy', { kind: 'reuse', id: 'r1' });
  await deploy(siteWith(blue.url, green.url), known, SILENT, new AbortController().signal);
  expect(blue.notices[0]).toMatchObject({ step: 'preflight', state: 'running' });
  const failed = { step: 'smoke', release: 'r1', cause: expect.stringContaining('green') as string };
  expect(blue.notices.slice(-2)).toMatchObject([
    { ...failed, state: 'running' },
    { ...failed, state: 'rolled_back' },
  ]);
});
