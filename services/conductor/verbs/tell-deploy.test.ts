import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { ledgerResult } from '../../ledger/testing/ledger-result.js';
import type { Summary } from '../deploy/deploy.js';
import { TextReport } from '../report.js';
import { RunDirectory } from '../run-directory.js';
import type { Site } from '../site.js';
import { tellDeploy } from './tell-deploy.js';

const ledger = ledgerResult({ endedAt: '2026-01-01T12:00:09.000Z' });
const failed: Summary = {
  reason: 'deploy',
  from: 'blue',
  to: 'green',
  release: 'r2',
  steps: [],
  moved: 0,
  shortfalls: ['start-up took 4.0 s, not under 3 s'],
  ledger,
  outcome: 'failed',
  failed: 'ready',
  cause: 'green-1 did not start: it exited with status 3',
  log: [`green-1 | ${JSON.stringify({ timestamp: '2026-01-01T12:00:00Z', level: 'FATAL', message: 'x'.repeat(500) })}`],
  undone: true,
  undoOwed: true,
  troubles: [],
};

const printed = (summary: Summary): readonly string[] => {
  const runDir = mkdtempSync(`${tmpdir()}/switchyard-tell-`);
  onTestFinished(() => rmSync(runDir, { recursive: true }));
  let text = '';
  const report = new TextReport({ isTTY: true, columns: 80, write: (more: string) => (text += more) }, 'xterm');
  tellDeploy({ run: new RunDirectory(runDir) } as Site, summary, report);
  return text.trimEnd().split('\n');
};

test('of a deploy that failed the last lines are the cause and what to do, after the ledger and a short log', () => {
  const lines = printed(failed);
  expect(lines.slice(-3)).toEqual([
    'Failed in "ready": green-1 did not start: it exited with status 3',
    'Everything was undone: blue is active as before.',
    'Mend what is named, then "make promote" again.',
  ]);
  const log = lines.findIndex((line) => line.includes('FATAL green-1'));
  expect(lines.findIndex((line) => line.startsWith('Every probe got'))).toBeLessThan(log);
  expect(lines[log]).toMatch(/^.{79}…$/);
  expect(lines[log + 1]).toMatch(/all of it: .*logs\/green-1\.log$/);
  expect(lines.join('\n')).not.toContain('{');
});

test('one that could not be taken back as a whole, and one that was interrupted, say so', () => {
  expect(printed({ ...failed, undone: false, troubles: ['stop-new-color: refused'] }).slice(-3)).toEqual([
    '  could not be undone: stop-new-color: refused',
    'Failed in "ready": green-1 did not start: it exited with status 3',
    'Not everything could be undone: "make status" says what serves, and what to do.',
  ]);
  expect(printed({ ...failed, reason: 'rollback', cause: 'interrupted by SIGINT' }).at(-1)).toBe(
    '"make rollback" begins anew.',
  );
});

test('one that was refused before it did anything has undone nothing', () => {
  const refused: Summary = { ...failed, failed: 'preflight', undoOwed: false };
  expect(printed(refused).slice(-2)).toEqual([
    'Nothing was changed: blue is active as before.',
    'Mend what is named, then "make promote" again.',
  ]);
  // The active color was dead, and the idle one was given the new connections.
  expect(printed({ ...refused, undone: false }).at(-1)).toBe('green is active now: "make promote" again.');
  expect(printed({ ...refused, undone: false, reason: 'rollback' }).at(-1)).toBe('green is active now.');
});

test('of a deploy that is done the ledger is last', () => {
  const lines = printed({ ...failed, outcome: 'done' });
  expect(lines[0]).toBe('green is active with release r2: 0 client connections moved, 0.0 s');
  expect(lines.at(-1)).toMatch(/ledger\/20260101T120009Z-r2\.json$/);
});

test('of one that its ledger failed, too, what was lost stands before the cause', () => {
  const lines = printed({
    ...failed,
    cause: '1 lost',
    ledger: { ...ledger, clean: false, verdict: { ...ledger.verdict, lost: 1 } },
  });
  expect(lines.findIndex((line) => line.startsWith('Not clean: 1 lost.'))).toBeGreaterThan(0);
  expect(lines.slice(-3)[0]).toBe('Failed in "ready": 1 lost');
});
