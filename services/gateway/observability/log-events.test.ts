import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const checkout = resolve(import.meta.dirname, '../../..');
const page = readFileSync(join(checkout, 'docs/OBSERVABILITY.md'), 'utf8');
const section = page.split(/^## /m).find((part) => part.startsWith('Logs\n')) ?? '';
const tables = section.slice(section.indexOf('### Events'));

/** A name in a line, or one of several in a schema. */
const LITERAL = /\bevent: '([a-z]+(?:_[a-z]+)+|crash)'/g;
const CHOICE = /\bevent: z\.enum\(\[([^\]]+)\]/g;

const ALL = ['services/gateway', 'services/conductor', 'services/tasks'] as const;
const sources = (folder: string): readonly string[] =>
  readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('testing/'))
    .map((path) => readFileSync(join(checkout, folder, path), 'utf8'));

const eventsOf = (text: string): readonly string[] => [
  ...Array.from(text.matchAll(LITERAL), ([, name = '']) => name),
  ...Array.from(text.matchAll(CHOICE), ([, names = '']) => names).flatMap((names) =>
    Array.from(names.matchAll(/'([a-z_]+)'/g), ([, name = '']) => name),
  ),
];

/** The call that writes a line: its level, its event. */
const CALL = /\.(info|warn|error|fatal)\(\s*\{(?:[^{}]|\{[^{}]*\})*?\bevent: '([a-z_]+)'/g;
/** The conductor's: one level, or one of two. */
const JOURNAL_CALL = /\.write\((?<level>[^,{}]+), \{\s*event: '(?<event>[a-z_]+)'/g;
const JOURNAL_FIELDS = /fields = \{ event: '(?<event>[a-z_]+)'[^;]*;\s*journal\.write\((?<level>[^,]+), fields/g;

/** Each event with a level at which the source writes it, where both stand together. */
const levelsOf = (text: string): readonly (readonly [event: string, level: string])[] => [
  ...Array.from(text.matchAll(CALL), ([, level = '', event = '']) => [event, level.toUpperCase()] as const),
  ...[...text.matchAll(JOURNAL_CALL), ...text.matchAll(JOURNAL_FIELDS)].flatMap(({ groups }) =>
    Array.from(
      groups?.['level']?.matchAll(/'([A-Z]+)'/g) ?? [],
      ([, name = '']) => [groups?.['event'] ?? '', name] as const,
    ),
  ),
];
/** Those whose level is not where the event is named. */
const OTHERS = [
  ['websocket_connected', 'INFO'],
  ['websocket_disconnected', 'INFO'],
  ['handler_failed', 'ERROR'],
  ['handler_timed_out', 'ERROR'],
  ['handler_said', 'INFO'],
  ['admin_warned', 'INFO'],
  ['admin_disconnected', 'INFO'],
  ['admin_revoked', 'INFO'],
] as const;

type Row = Readonly<{ names: readonly string[]; level: string; meaning: string; todo: string }>;
const rows = tables
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line): Row => {
    const [names = '', level = '', meaning = '', , todo = ''] = line.split('|').slice(1, -1);
    const [trimmed, words, work] = [level.trim(), meaning.trim(), todo.trim()];
    return { names: names.match(/[a-z_]+/g) ?? [], level: trimmed, meaning: words, todo: work };
  });
const documented = rows.flatMap(({ names }) => names);

describe('docs/OBSERVABILITY.md', () => {
  test('every event of workers and conductor, and no other', () => {
    const written = ALL.flatMap(sources).flatMap(eventsOf);
    expect(new Set(written).size).toBeGreaterThan(30);
    expect(documented.toSorted()).toEqual([...new Set(written)].toSorted());
  });

  test('each with a level and what it means; what to do for all that is worse than INFO', () => {
    const incomplete = rows.filter(
      ({ level, meaning, todo }) =>
        !['INFO', 'WARN', 'ERROR', 'FATAL'].includes(level) || meaning === '' || (level !== 'INFO' && todo === ''),
    );
    expect(incomplete).toEqual([]);
  });

  test('each with a level at which it is written', () => {
    const found = ALL.flatMap(sources).flatMap(levelsOf);
    const written = [...found, ...OTHERS].map(([event, level]) => `${event} ${level}`);
    const said = rows.flatMap(({ names, level }) => names.map((name) => `${name} ${level}`));
    expect(said.filter((words) => !written.includes(words))).toEqual([]);
  });
});
