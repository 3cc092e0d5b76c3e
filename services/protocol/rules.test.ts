import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** docs/PROTOCOL.md gives every rule an id; these tests hold its rules and the tests of the repository together. */
const root = new URL('../../', import.meta.url);
const protocol = readFileSync(new URL('docs/PROTOCOL.md', root), 'utf8');

const RULE = /^(?:- |\| )?\[([a-z]+-\d+)\]/gm;
const NAMED = /\[([a-z]+-\d+)\]/g;

const idsOf = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, id = '']) => id);

/** Tests, and the suites that several of them share. */
const isTest = (path: string): boolean => path.endsWith('.test.ts') || /\/testing\/contract[^/]*\.ts$/.test(path);

const testFiles = (): string[] =>
  ['services', 'tests'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path}`)
      .filter((path) => isTest(path) && !path.includes('node_modules/')),
  );

/** The rules that each file's tests name in their titles or beside a check. */
const named = new Map(
  testFiles()
    .filter((path) => !path.endsWith('protocol/rules.test.ts'))
    .map((path) => [path, idsOf(readFileSync(new URL(path, root), 'utf8'), NAMED)] as const),
);
const rules = idsOf(protocol, RULE);

describe('the rules of docs/PROTOCOL.md', () => {
  it('are found, each id given once', () => {
    expect(rules.length).toBeGreaterThan(60);
    expect(new Set(rules).size).toBe(rules.length);
  });

  it('are each named by a test', () => {
    const tested = new Set([...named.values()].flat());
    expect(rules.filter((rule) => !tested.has(rule))).toEqual([]);
  });

  it('are all that a test may name', () => {
    const unknown = [...named].flatMap(([path, ids]) =>
      ids.filter((id) => !rules.includes(id)).map((id) => `${path}: [${id}]`),
    );
    expect(unknown).toEqual([]);
  });
});
