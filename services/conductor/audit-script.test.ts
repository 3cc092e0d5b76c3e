import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const script = resolve(import.meta.dirname, '../../scripts/audit.mjs');

/** What the script makes of an answer of npm. */
const auditWith = (answer: string): Readonly<{ status: number | null; words: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'answer'), answer);
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncat "${folder}/answer"\nexit 1\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  const path = [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env: { PATH: path }, encoding: 'utf8' });
  return { status, words: stdout + stderr };
};

test('a weakness fails, none does not', () => {
  const weak = { auditReportVersion: 2, vulnerabilities: { ws: { name: 'ws', severity: 'high', range: '<8.17.1' } } };
  expect(auditWith(JSON.stringify(weak))).toEqual({ status: 1, words: 'audit: high: ws <8.17.1\n' });
  const clean = auditWith('{"auditReportVersion":2,"vulnerabilities":{}}');
  expect(clean).toEqual({ status: 0, words: 'audit: no known weakness\n' });
});

test.each([
  ['{"message":"405 Method Not Allowed"}', '405 Method Not Allowed'],
  ['{"error":{"code":"ENOTFOUND","summary":"request to the registry failed"}}', 'request to the registry failed'],
  ['', 'npm gave no report'],
])('a registry that does not tell (%s) is said in a line, and is no failure', (answer, why) => {
  expect(auditWith(answer)).toEqual({ status: 0, words: `audit: skipped, the registry did not tell (${why})\n` });
});
