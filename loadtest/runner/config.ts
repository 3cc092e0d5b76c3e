import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Failure } from '../../services/conductor/failure.js';
import { SCENARIOS, type Scenario } from './plan.js';
import { p95Of, PRESETS, type PresetName } from './presets.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment: the only place that reads it. */
export const processEnvironment = (): Environment => process.env;

const whole = (least: number, most: number): z.ZodType<number> =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .refine((value) => Number.isInteger(value) && value >= least && value <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    });
const isScenario = (name: string): name is Scenario => SCENARIOS.some((known) => known === name);

const Settings = z.object({
  // One address has some 28,000 ports to connect from.
  SOCKETS: whole(4, 25_000),
  RATE: whole(1, 10_000),
  DURATION: whole(5, 3_600),
  P95: whole(1, 60_000),
  SCENARIOS: z.string().transform((text, context): readonly Scenario[] => {
    const names = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
    const unknown = names.filter((name) => !isScenario(name));
    if (unknown.length === 0 && names.length > 0) return names.filter(isScenario);
    context.addIssue({ code: 'custom', message: `must be one or more of ${SCENARIOS.join(', ')}` });
    return z.NEVER;
  }),
  PROMOTE: z.enum(['0', '1'], { error: 'must be 1 or 0' }),
  REPORTS: z.string(),
});

export type Settings = Readonly<{
  sockets: number;
  rate: number;
  seconds: number;
  /** `ws://localhost:8001`; undefined: none was named. */
  host: string | undefined;
  p95Ms: number;
  scenarios: readonly Scenario[];
  promote: boolean;
  /** A folder; undefined: that of the checkout. */
  reports: string | undefined;
  /** False: what is loaded is no server of ours (`make bench-k6`). */
  hasLog: boolean;
}>;
export type Command = Readonly<{ help: true }> | (Readonly<{ help: false }> & Settings);

const OPTIONS = ['sockets', 'rate', 'duration', 'host', 'p95', 'scenarios', 'preset'] as const;

/** Options of the command line stand for the variables of their names. @throws {Failure} naming what is wrong, and what is allowed */
export const readCommand = (words: readonly string[], environment: Environment): Command => {
  const options = parseOptions(words);
  if (options.help) return { help: true };
  const given = (name: string): string | undefined =>
    options.values[name.toLowerCase()] ?? (environment[name] || undefined);
  const preset = PRESETS[presetOf(options.values['preset'])];
  const sockets = given('SOCKETS') ?? preset.sockets;
  const wished = {
    SOCKETS: sockets,
    RATE: given('RATE') ?? preset.rate,
    DURATION: given('DURATION') ?? preset.seconds,
    P95: given('P95') ?? p95Of(Number(sockets)),
    SCENARIOS: given('SCENARIOS') ?? SCENARIOS.join(','),
    PROMOTE: options.promote ? '1' : (given('PROMOTE') ?? '0'),
    REPORTS: given('REPORTS') ?? '',
  };
  const result = Settings.safeParse(wished);
  if (!result.success) {
    const lines = result.error.issues.map(({ path: [name], message }) => {
      const value = Object.entries(wished).find(([known]) => known === name)?.[1];
      return `${String(name)}=${value ?? ''}: ${message}`;
    });
    throw new Failure(lines.join('\n'), { exitCode: 2 });
  }
  const { SOCKETS, RATE: rate, DURATION: seconds, P95: p95Ms, SCENARIOS: scenarios } = result.data;
  const host = given('HOST');
  const promote = result.data.PROMOTE === '1';
  const settings = {
    sockets: SOCKETS,
    rate,
    seconds,
    p95Ms,
    scenarios,
    promote,
    reports: result.data.REPORTS || undefined,
    hasLog: true,
  };
  return { help: false, ...settings, host: host === undefined ? undefined : socketUrl(host, promote) };
};

const parseOptions = (
  words: readonly string[],
): Readonly<{ help: boolean; promote: boolean; values: Readonly<Record<string, string | undefined>> }> => {
  const text = Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' }] as const));
  const options = { ...text, promote: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values } = parseArgs({ args: [...words], options });
    const { help = false, promote = false, ...rest } = values;
    return { help, promote, values: rest };
  } catch (error) {
    const cause = error instanceof Error ? (error.message.split('. To specify')[0] ?? '') : String(error);
    throw new Failure(`load-test: ${cause}; "--help" lists what it takes`, { exitCode: 2 });
  }
};

const presetOf = (name = ''): PresetName => {
  const found = Object.keys(PRESETS).find((known): known is PresetName => known === name);
  if (found !== undefined) return found;
  throw new Failure(`--preset ${name}: must be 5k or 10k`, { exitCode: 2 });
};

const PROTOCOLS: Readonly<Record<string, string>> = { 'ws:': 'ws', 'wss:': 'wss', 'http:': 'ws', 'https:': 'wss' };

const socketUrl = (host: string, promote: boolean): string => {
  const wrong = (what: string): Failure => new Failure(`HOST=${host}: ${what}`, { exitCode: 2 });
  const text = /^[a-z]+:\/\//i.test(host) ? host : `ws://${host}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const protocol = PROTOCOLS[url?.protocol ?? ''];
  if (url === undefined || protocol === undefined || url.hostname === '') {
    throw wrong('must be a host, such as localhost:8001, ws://localhost or wss://example.com');
  }
  if (url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw wrong('must be a host alone: the load test knows the paths');
  }
  if (promote && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    throw wrong('PROMOTE=1 deploys the stack of this machine, and the load would go to another');
  }
  return `${protocol}://${url.host}`;
};
