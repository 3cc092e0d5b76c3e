import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/SECURITY.md', 'utf8');

/** Rows of its tables: what, what is done, and tests. */
const rows = [...page.matchAll(/^\| (?!point|of |---)(.+?) \| (.+?) \| (.+) \|$/gm)].map(
  ([, point = '', , tests = '']) => ({
    point,
    tests,
  }),
);
/** `[title](../file)` */
const named = [...page.matchAll(/\[([^[\]]+)\]\(\.\.\/([^)]+\.test\.ts)\)/g)].map(([, title = '', path = '']) => ({
  title,
  path,
}));

/** Whether a test of the file has a title that begins so, behind the ids of its rules. */
const hasTest = (file: string, title: string): boolean =>
  readFileSync(file, 'utf8')
    .split(/['"`](?:\[[a-z]+-\d+\] )*(?=\S)/)
    .some((text) => text.startsWith(title));

describe('docs/SECURITY.md', () => {
  it('names only tests that exist', () => {
    expect(named.length).toBeGreaterThan(30);
    const missing = named.filter(({ title, path }) => {
      const file = join(process.cwd(), path);
      return !existsSync(file) || !hasTest(file, title);
    });
    expect(missing).toEqual([]);
  });

  it('has a test beside every point', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ tests }) => !tests.includes('.test.ts)')).map(({ point }) => point)).toEqual([]);
  });
});
