import { parseArgs } from 'node:util';
import { COLORS, type Color } from './engines/engine.js';
import { Failure } from './failure.js';

type OptionSpec = Readonly<{ type: 'boolean' | 'string'; short?: string; value?: string; does: string }>;
type VerbSpec = Readonly<{ does: string; operand?: string; options: Readonly<Record<string, OptionSpec>> }>;

const json: OptionSpec = { type: 'boolean', does: 'the result as one JSON object on stdout' };
const source: OptionSpec = {
  type: 'string',
  value: 'DIR',
  does: 'the build to release (default: dist/ of the checkout)',
};

/** Every verb with its options: what the help says and what the parser takes. */
export const VERBS = {
  up: { does: 'start the stack and wait until it is ready; run again, it says so', options: { source } },
  down: { does: 'stop everything of the stack, connections first', options: {} },
  status: { does: 'colors, releases, workers, connections, who is active', options: { json } },
  promote: {
    does: 'deploy onto the idle color, or onto the one named, and move everybody over',
    operand: 'blue|green',
    options: {
      json,
      source,
      force: { type: 'boolean', does: 'when the color is active: through the other one and back (FORCE=1)' },
    },
  },
  rollback: { does: 'deploy the previous release onto the other color', options: { json } },
  prove: {
    does: 'thousands of clients through a promote and a rollback, and a ledger of what became of each message',
    options: {
      json,
      source,
      clients: { type: 'string', value: 'N', does: 'clients, 1000 by default (CLIENTS=)' },
      plain: {
        type: 'string',
        value: 'N',
        does: 'of these: plain ones that recover by hand, half by default (PLAIN=)',
      },
      channels: { type: 'string', value: 'N', does: 'channels, 20 by default (CHANNELS=)' },
      rate: { type: 'string', value: 'N', does: 'publications a second, 200 by default (RATE=)' },
      steady: { type: 'string', value: 'S', does: 'seconds before, between and after the two, 5 by default (STEADY=)' },
      strict: { type: 'boolean', does: 'a time bound that was missed fails the run (STRICT=1)' },
    },
  },
  smoke: { does: 'try the active color as a client does, worker by worker and through nginx', options: {} },
  logs: {
    does: "the workers' log lines, merged by time",
    options: {
      follow: { type: 'boolean', short: 'f', does: 'go on as new lines come' },
      json: { type: 'boolean', does: 'the lines as they are in the files' },
      level: { type: 'string', value: 'LEVEL', does: 'this level and worse (LEVEL=)' },
      event: { type: 'string', value: 'TEXT', does: 'events that hold this text (EVENT=)' },
      color: { type: 'string', value: 'COLOR', does: 'blue or green (COLOR=)' },
      since: { type: 'string', value: 'WHEN', does: '90s, 10m, 2h, or a time (SINCE=)' },
      lines: { type: 'string', value: 'N', does: 'the last N lines, 100 by default (LINES=)' },
    },
  },
  monitor: { does: 'watch connections, messages, errors, CPU and memory', operand: 'seconds', options: {} },
  metrics: { does: 'the metrics of the whole cluster, as Prometheus reads them', options: {} },
  doctor: { does: 'what is missing on this machine, and the command that installs it', options: {} },
} as const satisfies Readonly<Record<string, VerbSpec>>;

export type Verb = keyof typeof VERBS;
export type Options = Readonly<Record<string, string | boolean | undefined>>;
export type Command =
  | Readonly<{ kind: 'help'; text: string }>
  | Readonly<{ kind: 'verb'; verb: Verb; operand: string | undefined; options: Options }>;

const isVerb = (text: string): text is Verb => Object.hasOwn(VERBS, text);
const specOf = (verb: Verb): VerbSpec => VERBS[verb];

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

const overview = (): string => {
  const verbs = Object.keys(VERBS).filter(isVerb);
  return [
    'usage: conductor <verb> [options]      the stack of this checkout, or of RUN_DIR',
    '',
    ...verbs.map((verb) => `  ${`${verb}${operandOf(specOf(verb))}`.padEnd(22)} ${specOf(verb).does}`),
    '',
    '"conductor <verb> --help" lists the options of a verb.',
    'Exit codes: 0 done, 1 failed (and undone), 2 asked for wrongly, 3 another verb is at work.',
  ].join('\n');
};

const helpOf = (verb: Verb): string => {
  const spec = specOf(verb);
  const options = Object.entries(spec.options).map(([name, { short, value, does }]) => {
    const names = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
    return `  ${names.padEnd(20)} ${does}`;
  });
  return [
    `usage: conductor ${verb}${operandOf(spec)} [options]`,
    '',
    spec.does,
    ...(options.length === 0 ? [] : ['', ...options]),
  ].join('\n');
};

const operandOf = (spec: VerbSpec): string => (spec.operand === undefined ? '' : ` [${spec.operand}]`);
