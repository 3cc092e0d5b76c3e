import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withFiles } from './worker-files.js';

const made = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

test('what settings name is copied for the containers of a color, whoever may read it here', () => {
  const [from, folder] = [made(), join(made(), 'files')];
  const rules = join(from, 'namespaces.json');
  writeFileSync(rules, '{"a":1}', { mode: 0o600 });
  const given = { NAMESPACES: rules, JWT_PUBLIC_KEY: '-----BEGIN PUBLIC KEY-----\\n…', LOG_LEVEL: 'warn' };
  expect(withFiles(given, 'green', folder)).toEqual({ ...given, NAMESPACES: '/run/files/green-namespaces' });
  expect(readFileSync(join(folder, 'green-namespaces'), 'utf8')).toBe('{"a":1}');
  expect(statSync(join(folder, 'green-namespaces')).mode & 0o777).toBe(0o644);
});

test('what can not be read is named', () => {
  expect(() => withFiles({ NAMESPACES: '/nowhere/rules.json' }, 'blue', made())).toThrow(
    "NAMESPACES=/nowhere/rules.json can't be read: ",
  );
});
