import { describe, expect, test } from 'vitest';
import { parseColor, parseCommand } from './arguments.js';
import { Failure } from './failure.js';
import { VERBS } from './verb-specs.js';

const messageFor = (words: readonly string[]): string => {
  try {
    parseCommand(words);
  } catch (error) {
    if (error instanceof Failure) return `${error.exitCode}: ${error.message}`;
  }
  return 'accepted';
};

const helpFor = (words: readonly string[]): string => {
  const command = parseCommand(words);
  return command.kind === 'help' ? command.text : 'no help';
};

describe('parseCommand', () => {
  test('a verb with operand and options', () => {
    expect(parseCommand(['promote', 'blue', '--json', '--source', 'build'])).toEqual({
      kind: 'verb',
      verb: 'promote',
      operand: 'blue',
      options: { json: true, source: 'build' },
    });
    expect(parseCommand(['logs', '-f'])).toMatchObject({ verb: 'logs', options: { follow: true } });
  });

  test.each([[[]], [['--help']], [['-h']], [['help']]])('%j lists every verb', (words) => {
    const text = helpFor(words);
    for (const verb of Object.keys(VERBS)) expect(text).toContain(`  ${verb}`);
  });

  test.each(Object.keys(VERBS))('%s --help tells what it does', (verb) => {
    expect(helpFor([verb, '--help'])).toContain(`usage: conductor ${verb}`);
  });

  test('what is wrong is named', () => {
    expect(messageFor(['prommote'])).toMatch(/^2: there is no verb "prommote"; the verbs are up, down,/);
    expect(messageFor(['promote', '--fast'])).toMatch(/^2: promote: Unknown option '--fast'/);
    expect(messageFor(['promote', 'blue', 'green'])).toBe('2: promote does not know what to do with "green"');
    expect(messageFor(['down', 'now'])).toBe('2: down does not know what to do with "now"');
    expect(messageFor(['promote', '--source'])).toMatch(/^2: promote: /);
  });
});

test('parseColor', () => {
  expect(parseColor(undefined)).toBeUndefined();
  expect(parseColor('green')).toBe('green');
  expect(() => parseColor('purple')).toThrow('"purple" is no color: blue or green');
});
