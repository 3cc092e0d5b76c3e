import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** docs/PROTOCOL.md gives every rule an id; these tests hold its rules and the tests of the repository together. */
const root = new URL('../../', import.meta.url);
const protocol = readFileSync(new URL('docs/PROTOCOL.md', root), 'utf8');

const LATER = '\n## Not served yet';
const RULE = /^(?:- |\| )?\[([a-z]+-\d+)\]/gm;
const NAMED = /\[([a-z]+-\d+)\]/g;

/** Rules that wait for a part which is not served: they come with it, and leave this list. */
const WAITING: Readonly<Record<string, string>> = {};

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
const served = idsOf(protocol.slice(0, protocol.indexOf(LATER)), RULE);

describe('the rules of docs/PROTOCOL.md', () => {
  it('are found, each id given once', () => {
    expect(protocol).toContain(LATER);
    expect(served.length).toBeGreaterThan(60);
    expect(new Set(rules).size).toBe(rules.length);
  });

  it('are each named by a test, as far as they are served', () => {
    const tested = new Set([...named.values()].flat());
    expect(served.filter((rule) => !tested.has(rule) && WAITING[rule] === undefined)).toEqual([]);
  });

  it('wait only for what is not served yet, and only while no test names them', () => {
    const tested = new Set([...named.values()].flat());
    const later = rules.filter((rule) => !served.includes(rule));
    for (const [rule, part] of Object.entries(WAITING)) {
      expect(served).toContain(rule);
      expect(later).toContain(part);
      expect([...tested]).not.toContain(rule);
    }
  });

  it('are all that a test may name', () => {
    const unknown = [...named].flatMap(([path, ids]) =>
      ids.filter((id) => !rules.includes(id)).map((id) => `${path}: [${id}]`),
    );
    expect(unknown).toEqual([]);
  });
});
