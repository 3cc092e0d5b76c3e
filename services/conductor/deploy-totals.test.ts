import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Summary } from './deploy/deploy.js';
import { counted, isDeployRunning, readTotals, settleKilledDeploy } from './deploy-totals.js';
import { RunDirectory } from './run-directory.js';
import { doneDeploy } from './testing/done-deploy.js';

const directory = (): RunDirectory => {
  const folder = mkdtempSync(`${tmpdir()}/switchyard-totals-`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new RunDirectory(folder);
};
const silent = (): void => {};
const summary = (more: object = {}): Summary => ({ ...doneDeploy(7).deploys[0], ...more }) as Summary;
const verdict = { acked: 100, lost: 1, duplicated: 2 };
const failed = (undone: boolean, undoOwed: boolean) => ({ outcome: 'failed', undone, undoOwed });

describe('the totals of deploys', () => {
  test('count what began, what it came to, and the sums of its ledger', async () => {
    const run = directory();
    const done = summary({ ledger: { verdict } });
    await counted(run, 'promote', silent, async () => {
      expect(readTotals(run).totals).toMatchObject({ started: { promote: 1 }, running: { pid: process.pid } });
      expect(isDeployRunning(readTotals(run).totals)).toBe(true);
      return done;
    });
    await counted(run, 'rollback', silent, async () => summary({ ledger: undefined }));
    const { totals } = readTotals(run);
    expect(totals).toMatchObject({
      started: { promote: 1, rollback: 1 },
      finished: { promote: { done: 1 }, rollback: { done: 1 } },
      moved: 14,
      ...verdict,
    });
    expect(totals.last.promote).toBeCloseTo(Date.now() / 1_000, -1);
    expect(isDeployRunning(totals)).toBe(false);
  });

  test.each([
    ['undone', failed(true, true), 'rolled_back'],
    ['refused before anything was done', failed(true, false), 'failed'],
    ['not undone', failed(false, true), 'failed'],
  ])('a deploy that was %s', async (_, more, outcome) => {
    const run = directory();
    await counted(run, 'promote', silent, async () => summary(more));
    expect(readTotals(run).totals.finished.promote).toEqual({ done: 0, rolled_back: 0, failed: 0, [outcome]: 1 });
  });

  test('a deploy that threw has failed, and its error goes on', async () => {
    const run = directory();
    const boom = counted(run, 'promote', silent, () => Promise.reject(new Error('boom')));
    await expect(boom).rejects.toThrow('boom');
    expect(readTotals(run).totals.finished.promote.failed).toBe(1);
  });

  test('a deploy that was killed has failed, when the next verb finds it; one that runs is left alone', async () => {
    const run = directory();
    await counted(run, 'promote', silent, async () => {
      settleKilledDeploy(run);
      expect(readTotals(run).totals.finished.promote.failed).toBe(0);
      const { totals } = readTotals(run);
      // No process has this id: the largest that Linux gives is 4,194,304.
      run.write(
        'told/deploy-totals.json',
        JSON.stringify({ ...totals, running: { ...totals.running, pid: 5_000_000 } }),
      );
      settleKilledDeploy(run);
      expect(readTotals(run).totals).toMatchObject({ started: { promote: 1 }, finished: { promote: { failed: 1 } } });
      return summary();
    });
  });

  test('a broken file counts for nothing and says so; the next deploy writes it anew', async () => {
    const run = directory();
    expect(readTotals(run).trouble).toBeUndefined();
    writeFileSync(run.file('deploy-totals.json'), '{"started":');
    expect(readTotals(run).trouble).toContain("deploy-totals.json can't be read");
    await counted(run, 'promote', silent, async () => summary());
    expect(readTotals(run)).toMatchObject({ totals: { started: { promote: 1 } }, trouble: undefined });
    expect(readdirSync(run.file('told'))).toEqual(['deploy-totals.json']);
  });

  test('that they can not be written is told, and fails no deploy', async () => {
    const run = new RunDirectory('/proc/switchyard');
    const told: string[] = [];
    const warn = (words: string): void => void told.push(words);
    expect(await counted(run, 'promote', warn, async () => summary())).toMatchObject({ outcome: 'done' });
    expect(told).toHaveLength(2);
  });
});
