import { type z } from 'zod';
import { ProveSettings, StackSettings, VerbSettings } from './settings.js';
import { isVerb, specOf, VERBS, type Verb, type VerbSpec } from './verb-specs.js';

const SETTINGS = { stack: StackSettings, deploy: VerbSettings, prove: ProveSettings } as const;

/** What fits into the smallest usual terminal. */
const COLUMNS = 80;
const INDENT = 25;

/** A name and what it means, folded beneath one another. */
const entry = (name: string, words: string): string => {
  const [first = '', ...more] = fold(words, COLUMNS - INDENT);
  return [`  ${name.padEnd(INDENT - 3)} ${first}`, ...more.map((line) => `${' '.repeat(INDENT)}${line}`)].join('\n');
};

const fold = (words: string, columns: number): readonly string[] =>
  words.match(new RegExp(`.{1,${columns}}(?= |$)`, 'g'))?.map((line) => line.trim()) ?? [];

/** Every verb in a line. */
export const overview = (): string => {
  const verbs = Object.keys(VERBS).filter(isVerb);
  return [
    'usage: conductor <verb> [options]      the stack of this checkout, or of RUN_DIR',
    '',
    ...verbs.map((verb) => entry(`${verb}${operandOf(specOf(verb))}`, specOf(verb).does)),
    '',
    '"conductor <verb> --help" lists the options of a verb.',
    'Exit codes: 0 done, 1 failed (and undone; of status: something does not run),',
    '2 asked for wrongly, 3 another verb is at work.',
    'docs/OPERATIONS.md has every setting.',
  ].join('\n');
};

/** A verb with its options, and the settings that it takes from the environment. */
export const helpOf = (verb: Verb): string => {
  const spec = specOf(verb);
  const options = Object.entries(spec.options).map(([name, { short, value, does }]) => {
    const names = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
    return entry(names, does);
  });
  return [
    `usage: conductor ${verb}${operandOf(spec)} [options]`,
    '',
    ...fold(spec.does, COLUMNS),
    ...(options.length === 0 ? [] : ['', ...options]),
    ...settingsLines(spec),
  ].join('\n');
};

const operandOf = (spec: VerbSpec): string => (spec.operand === undefined ? '' : ` [${spec.operand}]`);

const settingsLines = ({ settings = [] }: VerbSpec): readonly string[] => {
  if (settings.length === 0) return [];
  return ['', 'Settings, from the environment:', ...settings.flatMap((group) => linesOf(SETTINGS[group]))];
};

const linesOf = (schema: z.ZodObject<Record<string, z.ZodType>>): readonly string[] => {
  const defaults = new Map(Object.entries(schema.parse({})));
  return Object.entries(schema.shape).map(([name, { description = '' }]) => {
    const value = defaults.get(name);
    const words = typeof value === 'number' || (typeof value === 'string' && value !== '') ? ` (${value})` : '';
    return entry(name, `${description}${words}`);
  });
};
