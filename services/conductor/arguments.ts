import { parseArgs } from 'node:util';
import { COLORS, type Color } from './engines/engine.js';
import { Failure } from './failure.js';
import { helpOf, overview } from './help.js';
import { isVerb, specOf, VERBS, type OptionSpec, type Verb, type VerbSpec } from './verb-specs.js';

export type Options = Readonly<Record<string, string | boolean | undefined>>;
export type Command =
  | Readonly<{ kind: 'help'; text: string }>
  | Readonly<{ kind: 'verb'; verb: Verb; operand: string | undefined; options: Options }>;

/** @throws {Failure} naming the verb or option that there is not */
export const parseCommand = (words: readonly string[]): Command => {
  const [first, ...rest] = words;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', text: overview() };
  if (first === 'help')
    return { kind: 'help', text: rest[0] !== undefined && isVerb(rest[0]) ? helpOf(rest[0]) : overview() };
  if (!isVerb(first)) throw usage(`there is no verb "${first}"; the verbs are ${Object.keys(VERBS).join(', ')}`);
  const spec = specOf(first);
  const { values, positionals } = parseOptions(first, spec, rest);
  if (values['help'] === true) return { kind: 'help', text: helpOf(first) };
  const most = spec.operand === undefined ? 0 : 1;
  if (positionals.length > most) throw usage(`${first} does not know what to do with "${positionals[most] ?? ''}"`);
  return { kind: 'verb', verb: first, operand: positionals[0], options: values };
};

export const parseColor = (text: string | undefined): Color | undefined => {
  if (text === undefined) return undefined;
  const color = COLORS.find((known) => known === text);
  if (color === undefined) throw usage(`"${text}" is no color: blue or green`);
  return color;
};

const parseOptions = (
  verb: Verb,
  spec: VerbSpec,
  words: readonly string[],
): Readonly<{ values: Options; positionals: readonly string[] }> => {
  const options = { ...spec.options, help: { type: 'boolean', short: 'h', does: '' } satisfies OptionSpec };
  const known = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: known, allowPositionals: true });
    return {
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, single(value)])),
      positionals,
    };
  } catch (error) {
    const words_ = error instanceof Error ? error.message.split('. To specify')[0] : String(error);
    throw usage(`${verb}: ${words_ ?? ''}; "${verb} --help" lists what it takes`);
  }
};

const single = (value: string | boolean | undefined | readonly (string | boolean)[]): string | boolean | undefined =>
  typeof value === 'object' ? value.at(-1) : value;

const usage = (message: string): Failure => new Failure(message, { exitCode: 2 });
