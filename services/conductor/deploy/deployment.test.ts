import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { counted, readTotals } from '../deploy-totals.js';
import { writeDeploy } from '../journal/deploy-lines.js';
import type { Report } from '../report.js';
import { FakeWorker } from '../testing/fake-worker.js';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import { SILENT } from '../testing/silent-report.js';
import { deploy, type Summary } from './deploy.js';
import { Deployment } from './deployment.js';
import { planDeploy } from './plan.js';

const deploymentOn = (site: FakeSite): Deployment =>
  new Deployment(
    site,
    planDeploy('blue', 'green', 'deploy', { kind: 'build', source: '' }),
    SILENT,
    new AbortController().signal,
  );

const site = async (old: FakeWorker, fresh: FakeWorker): Promise<FakeSite> => {
  const made = fakeSite({ DRAIN_TIMEOUT: 0.7, PROBES: 0 });
  made.engine.runs('blue', old.url);
  made.engine.runs('green', fresh.url);
  return made;
};

describe('deploy', () => {
  const run = (site: FakeSite) =>
    deploy(
      site,
      planDeploy('blue', 'green', 'deploy', { kind: 'reuse', id: 'r1' }),
      SILENT,
      new AbortController().signal,
    );

  test('stops nothing where the active color is dead and the idle one serves', { timeout: 10_000 }, async () => {
    const old = await FakeWorker.start();
    const made = await site(old, await FakeWorker.start());
    await old.stop();
    expect(await run(made)).toMatchObject({
      outcome: 'failed',
      failed: 'preflight',
      undone: false,
      undoOwed: false,
      troubles: [],
    });
    expect(made.engine.orders).toEqual(['activate green']);
  });

  test('takes back what a deploy that was killed has left draining: on the active color alone', async () => {
    const old = await FakeWorker.start({ isDraining: true });
    const fresh = await FakeWorker.start({ isDraining: true });
    const made = await site(old, fresh);
    expect(await run(made)).toMatchObject({ outcome: 'failed', failed: 'smoke' });
    expect([old.orders, fresh.orders]).toEqual([['cancel'], []]);
  });
});

test('a release whose color could not be stopped is kept: what is left of it may be started again', async () => {
  const made = fakeSite({ READY_TIMEOUT: 0.1, PROBES: 0 });
  made.engine.runs('blue', (await FakeWorker.start()).url);
  made.engine.stop = vi.fn().mockRejectedValue(new Error('green still runs'));
  const discard = vi.spyOn(made.releases, 'discard');
  const plan = planDeploy('blue', 'green', 'deploy', { kind: 'build', source: '' });
  expect(await deploy(made, plan, SILENT, new AbortController().signal)).toMatchObject({
    failed: 'ready',
    undone: false,
    undoOwed: true,
    troubles: ['stop-new-color: green still runs'],
  });
  expect(discard).not.toHaveBeenCalled();
});

describe('a move whose time is over', () => {
  test('is a failure when the new color was in trouble for most of it', async () => {
    const fresh = await FakeWorker.start({ vitals: { event_loop_lag_ms: 200 } });
    const deployment = deploymentOn(await site(await FakeWorker.start({ connections: 10 }), fresh));
    await expect(deployment.move()).rejects.toThrow(
      'green could not take over 10 connections within 0.7 s (DRAIN_TIMEOUT), paused by event-loop lag p99 on green-1: 200 ms',
    );
  });

  test('is a failure when nobody moved', async () => {
    const deployment = deploymentOn(await site(await FakeWorker.start({ connections: 10 }), await FakeWorker.start()));
    await expect(deployment.move()).rejects.toThrow('green took over none of 10 connections within 0.7 s');
  });

  test('falls short when it was only slow, and what is there is baked', async () => {
    const old = await FakeWorker.start({ connections: 10 });
    const fresh = await FakeWorker.start();
    old.onOrder = () => {
      old.connections = Math.max(6, old.connections - 2);
    };
    const deployment = deploymentOn(await site(old, fresh));
    await deployment.move();
    expect(deployment.shortfalls).toEqual([
      '6 connections had not moved within 0.7 s (DRAIN_TIMEOUT): they go on moving, and the stop of blue moves the rest',
    ]);
    fresh.vitals = { publishes: 100, publishes_failed: 50 };
    await expect(deployment.bake()).rejects.toThrow('failed publishes on green-1: 50 of 100, more than 1 %');
  });
});

describe('a deploy whose move ran out of time', () => {
  const plan = planDeploy('blue', 'green', 'deploy', { kind: 'reuse', id: 'r1' });
  const lastSteps = { ...plan, steps: plan.steps.filter(({ name }) => ['release', 'move', 'stop'].includes(name)) };
  const deployed = async (stop: (made: FakeSite, old: FakeWorker) => void) => {
    const old = await FakeWorker.start({ connections: 10 });
    const fresh = await FakeWorker.start();
    old.onOrder = () => {
      old.connections = Math.max(6, old.connections - 2);
    };
    const made = await site(old, fresh);
    stop(made, old);
    const run = (report: Report): Promise<Summary> => deploy(made, lastSteps, report, new AbortController().signal);
    const written = (): Promise<Summary> => writeDeploy(made.journal, lastSteps, SILENT, run);
    const summary = await counted(made.run, 'promote', () => {}, written);
    const journal = readFileSync(made.run.file('logs/conductor.log'), 'utf8').trimEnd().split('\n');
    return {
      summary,
      notice: fresh.notices.at(-1),
      lines: journal.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
      totals: readTotals(made.run).totals,
    };
  };

  test('counts those whom the stop of the old color moved, wherever its end is told', async () => {
    const { summary, notice, lines, totals } = await deployed(() => {});
    expect(summary).toMatchObject({ outcome: 'done', moved: 10 });
    expect(summary.shortfalls).toEqual([expect.stringContaining('6 connections had not moved within')]);
    expect(notice).toMatchObject({ state: 'done', moved: 10, left: 0 });
    expect(lines.slice(-2)).toMatchObject([
      { event: 'deploy_step', step: 'stop', note: '6 moved by it' },
      { event: 'deploy_done', moved: 10 },
    ]);
    expect(totals.moved).toBe(10);
  });

  test('counts only those who had moved before, where the old color could not be stopped', async () => {
    const { summary, totals } = await deployed((made, old) => {
      made.engine.stop = () => Promise.reject(new Error('blue still runs'));
      old.onOrder = () => {
        old.connections = 7;
      };
    });
    expect(summary).toMatchObject({ outcome: 'done', moved: 3 });
    expect(totals.moved).toBe(3);
  });
});
