import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BUGS, isBugName, type BugName } from './bugs.js';
import type { Fault } from './faults/fault.js';
import { FAULTS } from './faults/faults.js';

export type Config = Readonly<{
  seed: number;
  minutes: number;
  once: boolean;
  /** Those that strike. */
  faults: readonly Fault[];
  bug: BugName | undefined;
  keep: boolean;
  path: string;
}>;
export type Command = Readonly<{ kind: 'run'; config: Config } | { kind: 'help' | 'wrong'; text: string }>;

const Seed = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const Minutes = z.coerce
  .number()
  .positive()
  .max(24 * 60);
const MOST_RANDOM_SEED = 9_999;

const OPTIONS = {
  seed: { type: 'string' },
  minutes: { type: 'string' },
  once: { type: 'boolean' },
  only: { type: 'string' },
  bug: { type: 'string' },
  keep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Options of the command line go before the environment: SEED, MINUTES, BUG, KEEP. */
export const readCommand = (words: readonly string[], environment = process.env): Command => {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    if (values.help === true) return { kind: 'help', text: help() };
    const bug = values.bug ?? environment['BUG'] ?? '';
    if (bug !== '' && !isBugName(bug)) return wrong(`there is no bug "${bug}": ${Object.keys(BUGS).join(', ')}`);
    const seed = Seed.safeParse(
      given(values.seed, environment['SEED']) ?? Math.floor(Math.random() * MOST_RANDOM_SEED),
    );
    if (!seed.success) return wrong('SEED is a whole number from 0 on');
    const minutes = Minutes.safeParse(given(values.minutes, environment['MINUTES']) ?? 5);
    if (!minutes.success) return wrong('MINUTES is a number above 0');
    const only = given(values.only)?.split(',');
    const faults = FAULTS.filter(({ name }) => only === undefined || only.includes(name));
    if (faults.length !== (only ?? FAULTS).length) return wrong('--only takes names of faults, with commas between');
    return {
      kind: 'run',
      config: {
        seed: seed.data,
        minutes: minutes.data,
        once: values.once === true,
        faults,
        bug: bug === '' ? undefined : bug,
        keep: values.keep === true || environment['KEEP'] === '1',
        path: environment['PATH'] ?? '',
      },
    };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
};

const given = (...values: readonly (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined && value !== '');

const wrong = (text: string): Command => ({ kind: 'wrong', text: `${text}; "--help" says what there is` });

const help = (): string => {
  const width = Math.max(...FAULTS.map(({ name }) => name.length));
  return [
    'usage: make chaos [SEED=N] [MINUTES=N] [BUG=NAME] [KEEP=1]      scripts/chaos.sh [options]',
    '',
    'A private stack under load, faults one after the other and at once, and a look at the books: everything that was acked',
    'must have been delivered, once and in order, or the server must have said that it can not be. docs/CHAOS.md says more.',
    '',
    '  --seed N        the same N, the same faults in the same order; without it a random one, which is printed',
    '  --minutes N     how long faults strike (default 5)',
    '  --once          every kind of fault once, and the end',
    '  --only NAMES    only these kinds of faults, with commas between',
    '  --bug NAME      puts a bug into the build on purpose: the run must fail',
    '  --keep          keeps the logs of a good run too',
    '',
    'Faults:',
    ...FAULTS.map(({ name, does }) => `  ${name.padEnd(width)}  ${does}`),
    '',
    'Bugs:',
    ...Object.entries(BUGS).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`),
    '',
    'Exit codes: 0 good, 1 something was wrong (the logs are kept), 2 asked for wrongly, 130 interrupted.',
  ].join('\n');
};
