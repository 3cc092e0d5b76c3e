import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settings as workerSettings } from '../gateway/config/settings.js';
import { helpOf, overview } from './help.js';
import { ProveSettings, StackSettings, VerbSettings } from './settings.js';
import { VERBS, type Verb } from './verb-specs.js';

const checkout = resolve(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(resolve(checkout, file), 'utf8');
const operations = textOf('docs/OPERATIONS.md');
const makefile = textOf('Makefile');

const section = (title: string): string =>
  operations.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
/** First two cells of each row of a table, in which names and values stand as code. */
const rows = (title: string): Map<string, string> =>
  new Map(
    [...section(title).matchAll(/^\| `([A-Z_]+)` \|(?: `([^`]*)`)? ?\|/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
const defaultsOf = (values: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] =>
  Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' || typeof value === 'string' ? `${value}` : '',
  ]);

const TARGETS = [...makefile.matchAll(/^([a-z0-9-]+):.*## /gm)].map(([, target = '']) => target);
const TARGET_OF: Partial<Record<Verb, string>> = { up: 'dev-up', down: 'dev-down', smoke: 'smoke-test' };
const verbs = Object.keys(VERBS) as Verb[];

describe('docs/OPERATIONS.md', () => {
  test('every setting of a stack or a deploy, with its default, and no other', () => {
    const documented = rows('Settings of a stack');
    // Its default stands in the build, and is a file of the checkout.
    const known = defaultsOf({
      ...StackSettings.parse({}),
      ...VerbSettings.parse({}),
      THRESHOLDS: 'infra/thresholds.json',
    });
    documented.delete('RUN_DIR');
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(known));
  });

  test('every setting of a worker that its stack does not fix, and no other', () => {
    const known = Object.keys(workerSettings.shape).filter((name) => !(name in StackSettings.shape));
    expect([...rows('Settings of a worker').keys()].sort()).toEqual(known.sort());
  });

  test('every make target, and the settings of a proof', () => {
    const table = section('Verbs');
    const missing = TARGETS.filter((target) => !new RegExp('`(?:make )?' + target + '`').test(table));
    expect(missing).toEqual(['help']);
    for (const name of Object.keys(ProveSettings.shape)) expect(table).toContain(`\`${name}=\``);
  });
});

describe('make help', () => {
  test('every verb has a target, and every target is phony', () => {
    expect(verbs.map((verb) => TARGET_OF[verb] ?? verb).filter((target) => !TARGETS.includes(target))).toEqual([]);
    const phony = /^\.PHONY: ((?:.*\\\n)*.*)$/m.exec(makefile)?.[1]?.split(/[\s\\]+/) ?? [];
    expect([...TARGETS].sort()).toEqual(phony.filter((target) => target !== '').sort());
  });

  test('a target names the filters and settings that its verb takes', () => {
    const lineOf = (target: string): string => makefile.split('\n').find((line) => line.startsWith(`${target}:`)) ?? '';
    for (const verb of verbs) {
      const options: Readonly<Record<string, { does: string }>> = VERBS[verb].options;
      const names = Object.values(options).flatMap(({ does }) => /\(([A-Z]+)=\)/.exec(does)?.[1] ?? []);
      for (const name of names) expect(lineOf(TARGET_OF[verb] ?? verb)).toContain(`${name}=`);
    }
  });
});

describe('VERB --help', () => {
  test.each(verbs)('%s names every option, and the settings of what it does', (verb) => {
    const text = helpOf(verb);
    for (const option of Object.keys(VERBS[verb].options)) expect(text).toContain(`--${option}`);
    const deploys = ['up', 'promote', 'rollback', 'prove'].includes(verb);
    for (const name of Object.keys(VerbSettings.shape)) expect(text.includes(`  ${name} `)).toBe(deploys);
    for (const name of Object.keys(StackSettings.shape)) expect(text.includes(`  ${name} `)).toBe(verb === 'up');
  });

  test('it fits into 80 columns, and so does the list of verbs, and that of make', () => {
    const make = execFileSync('make', ['-s', 'help'], { cwd: checkout, encoding: 'utf8' });
    const lines = [overview(), make, ...verbs.map(helpOf)].flatMap((text) => text.split('\n'));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const target of TARGETS) expect(make).toContain(`make ${target} `);
  });

  test('a setting stands there with its default', () => {
    expect(helpOf('promote')).toMatch(/KEEP_LEDGERS +ledgers kept on disk \(50\)/);
  });
});
