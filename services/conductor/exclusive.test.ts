import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { readTotals } from './deploy-totals.js';
import { exclusively, type Exclusive } from './exclusive.js';
import { isLocked } from './lock.js';
import { TextReport } from './report.js';
import { RunDirectory } from './run-directory.js';

/** Of no process: above the largest that Linux gives. */
const GONE = 4_194_305;

let runDir: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  runDir = join(folder, 'run');
});

const exclusive = <T>(how: Partial<Exclusive>, work: () => Promise<T>): Promise<T> => {
  const report = new TextReport({ write: () => true }, undefined);
  const all = { verb: 'promote', withoutDirectory: 'fail', keepLedgers: 50, ...how } as const;
  return exclusively(new RunDirectory(runDir), join(runDir, 'releases'), all, report, work);
};
const fill = (folder: string, names: readonly string[]): void => {
  mkdirSync(join(runDir, folder), { recursive: true });
  for (const name of names) writeFileSync(join(runDir, folder, name), '');
};

test('where there is no stack, a promote makes nothing and says what does', async () => {
  await expect(exclusive({}, () => Promise.resolve('worked'))).rejects.toThrow(
    'the stack is not up: "make dev-up" starts it',
  );
  expect(existsSync(runDir)).toBe(false);
});

test('where there is no run directory, a down works without one, and an up makes it', async () => {
  expect(await exclusive({ withoutDirectory: 'go-on' }, () => Promise.resolve('worked'))).toBe('worked');
  expect(existsSync(runDir)).toBe(false);
  expect(await exclusive({ withoutDirectory: 'make' }, () => Promise.resolve('worked'))).toBe('worked');
  expect(readdirSync(runDir)).toEqual([]);
});

test('a deploy that was killed is counted as failed by the next verb', async () => {
  mkdirSync(runDir);
  const run = new RunDirectory(runDir);
  const { totals } = readTotals(run);
  const running = { verb: 'promote', pid: GONE, since: new Date().toISOString() } as const;
  run.write('told/deploy-totals.json', JSON.stringify({ ...totals, running }));
  await exclusive({}, () => Promise.resolve());
  expect(readTotals(run).totals.finished.promote.failed).toBe(1);
});

test('what a killed conductor left half-written is gone when the next verb works; what is whole, or in work, stays', async () => {
  mkdirSync(join(runDir, 'releases/.20260101T120000Z-abc.new/dist'), { recursive: true });
  fill('releases/20260101T120000Z-abc', ['release.json']);
  fill('', [`settings.json.${GONE}.new`, `deploys.json.${process.pid}.new`, 'settings.json']);
  fill('ledger', [`20260101T120000Z-abc.json.${GONE}.new`]);
  await exclusive({}, () => {
    expect(readdirSync(join(runDir, 'releases'))).toEqual(['20260101T120000Z-abc']);
    expect(readdirSync(join(runDir, 'ledger'))).toEqual([]);
    expect(readdirSync(runDir).sort()).toEqual([
      `deploys.json.${process.pid}.new`,
      'ledger',
      'lock',
      'releases',
      'settings.json',
    ]);
    return Promise.resolve();
  });
});

test('the newest ledgers are kept, those of a proof among them, the one that was just written too', async () => {
  fill('ledger', ['20260101T120000Z-a.json', '20260103T120000Z-a.json', 'prove-20260102T120000Z-a.json', 'notes.txt']);
  await exclusive({ keepLedgers: 2 }, async () => {
    new RunDirectory(runDir).write('ledger/prove-20260104T120000Z-b.json', '{}');
    return Promise.resolve();
  });
  expect(readdirSync(join(runDir, 'ledger')).sort()).toEqual([
    '20260103T120000Z-a.json',
    'notes.txt',
    'prove-20260104T120000Z-b.json',
  ]);
});

test('the lock tells that a verb is at work, and not of one that is gone', async () => {
  mkdirSync(runDir);
  const lock = join(runDir, 'lock');
  expect(isLocked(lock)).toBe(false);
  await exclusive({}, async () => expect(isLocked(lock)).toBe(true));
  writeFileSync(lock, JSON.stringify({ pid: GONE, verb: 'promote', since: '2026-01-01T12:00:00.000Z' }));
  expect(isLocked(lock)).toBe(false);
});

test('the lock is given back after a failure', async () => {
  mkdirSync(runDir);
  await expect(exclusive({}, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(readdirSync(runDir)).toEqual([]);
});
