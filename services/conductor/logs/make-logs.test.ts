import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const QUERY = '{service="s"} |~ "x$" |= "$(date) `id`"';

test('make gives a query to the verb as it was typed, also what would be a variable of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-make-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'scripts'));
  cpSync(resolve(import.meta.dirname, '../../../Makefile'), join(folder, 'Makefile'));
  writeFileSync(join(folder, 'scripts/logs.sh'), '#!/bin/sh\nprintf "%s" "$QUERY"\n', { mode: 0o755 });
  const make = (words: readonly string[], environment: Readonly<Record<string, string>>): string =>
    execFileSync('make', ['-s', 'logs', ...words], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      encoding: 'utf8',
    });
  expect(make([`QUERY=${QUERY}`], {})).toBe(QUERY);
  expect(make([], { QUERY })).toBe(QUERY);
  expect(make([], {})).toBe('');
});
