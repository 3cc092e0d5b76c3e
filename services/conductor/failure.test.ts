import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Failure, failureOf, messageOf } from './failure.js';

const systemError = (code: string, more: Readonly<Record<string, string>>): Error =>
  Object.assign(new Error(`${code}: some words, copyfile '/from' -> '/to'`), { code, syscall: 'copyfile', ...more });

test('what the machine refused is named by file, cause and what to do', () => {
  expect(failureOf(systemError('ENOSPC', { path: '/from', dest: '/run/releases/a.js' }))?.message).toBe(
    '/run/releases/a.js: no space is left on its disk: free some ("df -h" lists the disks) (ENOSPC)',
  );
  expect(messageOf(systemError('EACCES', { path: '/run/x' }))).toMatch(/^\/run\/x: permission is denied: run this as/);
});

test('a refusal that is not known, and any other error, keep their words', () => {
  expect(messageOf(systemError('EXDEV', { path: '/from' }))).toContain('EXDEV: some words');
  expect(messageOf(new Error('else'))).toBe('else');
  expect(failureOf(new TypeError('a defect'))).toBeUndefined();
  const failure = new Failure('known');
  expect(failureOf(failure)).toBe(failure);
});

test('as Node itself throws them', () => {
  const thrown = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return failureOf(error)?.message ?? 'a defect';
    }
    return 'nothing';
  };
  expect(thrown(() => mkdirSync('/dev/null/x'))).toContain('ENOTDIR');
  expect(thrown(() => writeFileSync('/dev/full', 'x'))).not.toBe('a defect');
});
