import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { MODULE_SETTINGS, pathsIn } from '../application/modules.js';
import { partPorts } from './engines/local/parts/table.js';
import { cacheFolder, searchPath } from './engines/local/tools.js';
import { unknownSettings, unknownWords } from '../settings/unknown.js';
import { Failure } from './failure.js';
import type { WorkerSettings } from './worker-settings.js';
import { portConflict, ProveSettings, speaksTls, StackSettings, VerbSettings } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of the workers that `up` and `promote` pass on; the conductor decides the others (PORT, REDIS_URL …). */
export const WORKER_SETTINGS = [
  'ALLOWED_ORIGINS ALLOW_ANONYMOUS JWT_SECRET JWT_SECRET_PREVIOUS JWT_PUBLIC_KEY JWT_PUBLIC_KEY_PREVIOUS',
  'JWKS_URL JWT_ISSUER JWT_AUDIENCE',
  'JWT_CLOCK_TOLERANCE TOKEN_WARNING REVOCATION_TTL NAMESPACES HANDLERS HANDLER_TIMEOUT HANDLER_CALLS',
  'SERVICE_NAME LOG_LEVEL LOG_MESSAGES_PER_SECOND LOKI_URL LOKI_BUFFER_BYTES TRUSTED_PROXIES ADMIN_PASSWORD',
  'ADMIN_COVERS_STATS API_KEYS TASKS MAX_TASKS_WAITING TASK_CONCURRENCY TASK_LEASE TASK_TIMEOUT',
  'WEBSOCKET_HEARTBEAT_INTERVAL HEARTBEAT_TIMEOUT ENABLE_HEARTBEAT MAX_CLIENT_ERRORS MAX_QUEUE_SIZE PUBLISH_TIMEOUT',
  'DRAIN_RATE DRAIN_GRACE SLOW_CONSUMER_BYTES HISTORY_SIZE HISTORY_TTL HISTORY_MAX_BYTES SESSION_TTL',
  'IDLE_TIMEOUT IDLE_CHECK_INTERVAL IDLE_DISCONNECT METRICS_SAMPLE_INTERVAL METRICS_HISTORY METRICS_HEARTBEAT_INTERVAL',
  'DEDUPE_WINDOW DEDUPE_MAX_IDS PLACE_INTERVAL POSITION_CHECK_INTERVAL LEASE_INTERVAL',
  'TASK_RESTART_INTERVAL CONSUMER_POOL_SIZE RATE_LIMIT_MESSAGES_PER_WINDOW RATE_LIMIT_MESSAGE_WINDOW',
  'RATE_LIMIT_CONNECTIONS_PER_WINDOW RATE_LIMIT_CONNECTION_WINDOW RATE_LIMIT_BURST_MULTIPLIER',
  'RATE_LIMIT_DISCONNECT_AFTER RATE_LIMIT_TRUSTED MAX_CHANNELS COMPRESSION ECHO_ENDPOINT',
  'FP_WST_MAX_QUEUE_SIZE FP_WST_CONSUMER_POOL_SIZE FP_WST_ENABLE_HEARTBEAT FP_WST_HEARTBEAT_INTERVAL',
  'FP_WST_HEARTBEAT_TIMEOUT FP_WST_MAX_CLIENT_ERRORS FP_WST_TASK_RESTART_INTERVAL',
  'FP_WST_RATE_LIMIT_MESSAGES_PER_WINDOW FP_WST_RATE_LIMIT_MESSAGE_WINDOW',
  'FP_WST_RATE_LIMIT_CONNECTIONS_PER_WINDOW FP_WST_RATE_LIMIT_CONNECTION_WINDOW',
  'FP_WST_RATE_LIMIT_BURST_MULTIPLIER FP_WST_RATE_LIMIT_DISCONNECT_AFTER HEARTBEAT_INTERVAL',
].flatMap((line) => line.split(' '));

/** What the conductor decides for its workers, and who starts one alone. */
const FIXED_SETTINGS = ['PORT', 'HOST', 'REDIS_URL', 'COLOR', 'WORKER', 'RELEASE', 'CONTROL_TOKEN'];

/** What `logs` takes from the environment. */
const LOG_FILTERS = ['LEVEL', 'EVENT', 'COLOR', 'SESSION', 'SINCE', 'LINES', 'QUERY', 'FROM', 'FOLLOW'] as const;
export type LogFilter = (typeof LOG_FILTERS)[number];

/** Every setting that may stand in the environment of a verb. */
export const KNOWN_NAMES: readonly string[] = [
  ...[StackSettings, VerbSettings, ProveSettings].flatMap(({ shape }) => Object.keys(shape)),
  ...WORKER_SETTINGS,
  ...FIXED_SETTINGS,
  ...LOG_FILTERS,
];

export type Config = Readonly<{
  checkout: string;
  /** The build that this conductor is of: what it releases, whatever is built beside it meanwhile. */
  build: string;
  runDir: string;
  verb: VerbSettings;
  /** Settings that stand in the environment; what is not there is a default. */
  given: ReadonlySet<string>;
  /** Stack settings from the environment, for `up`; later verbs read those that `up` remembered. */
  stack: StackSettings;
  workerEnvironment: WorkerSettings;
  /** A line for each name in the environment that was meant to be a setting and is none. */
  unknown: readonly string[];
  /** Worker settings that were given empty: they go back to their defaults. */
  forgotten: ReadonlySet<string>;
  logFilters: Readonly<Partial<Record<LogFilter, string | undefined>>>;
  path: string;
  /** What Docker's command line reads of the environment. */
  dockerEnvironment: Readonly<Record<string, string>>;
  /** What was built on this machine, outside of any checkout. */
  cache: string;
}>;

/** The process's environment: the only place that reads it. */
export const processEnvironment = (): Environment => process.env;

/** @throws {Failure} naming variable, value and what is allowed. */
export const readConfig = (environment: Environment): Config => {
  const checkout = findCheckout(dirname(fileURLToPath(import.meta.url)));
  const given = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const asked = parse(StackSettings, environment);
  // Later verbs may stand in another folder.
  const stack = { ...asked, TLS_DIR: speaksTls(asked) ? resolve(asked.TLS_DIR) : '' };
  const build = fileURLToPath(new URL('../..', import.meta.url));
  const path = environment['PATH'] ?? '';
  const cache = cacheFolder(environment);
  const conflict = portConflict(stack, partPorts(stack, { path: searchPath(path), cache, build }));
  if (conflict !== undefined) throw new Failure(conflict, { exitCode: 2 });
  return {
    checkout,
    build,
    runDir: realDirectory(resolve(given('RUN_DIR') ?? join(checkout, '.run'))),
    verb: parse(VerbSettings, environment),
    given: new Set(Object.keys(environment).filter((name) => given(name) !== undefined)),
    stack,
    workerEnvironment: workerEnvironment(environment),
    unknown: unknownSettings(environment, KNOWN_NAMES).map(unknownWords),
    forgotten: new Set(WORKER_SETTINGS.filter((name) => environment[name] === '')),
    logFilters: Object.fromEntries(LOG_FILTERS.map((name) => [name, given(name)])),
    path,
    dockerEnvironment: dockerEnvironment(environment),
    cache,
  };
};

/** Not which builder is in use: one in a container of its own knows no image that is here. */
const DOCKER_READS =
  /^(?:PATH|HOME|XDG_\w+_DIR|XDG_CONFIG_HOME|SSH_AUTH_SOCK|(?!BUILDX_BUILDER$)(?:DOCKER|BUILDX|BUILDKIT)_\w+|(?:https?|no)_proxy)$/i;

/** Nothing else stands in it: compose.yml would take settings from there that the conductor knows nothing of. */
const dockerEnvironment = (environment: Environment): Config['dockerEnvironment'] =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && DOCKER_READS.test(name) ? [[name, value]] : [],
    ),
  );

/** @throws {Failure} naming variable, value and what is allowed. */
export const readProveSettings = (environment: Environment): ProveSettings => parse(ProveSettings, environment);

const parse = <T extends z.ZodObject<Record<string, z.ZodType>>>(schema: T, environment: Environment): z.output<T> => {
  const values = Object.fromEntries(
    Object.keys(schema.shape)
      .filter((name) => environment[name] !== undefined && environment[name] !== '')
      .map((name) => [name, environment[name]]),
  );
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const descriptions = new Map(Object.entries(schema.shape).map(([name, field]) => [name, field.description]));
  const wrong = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name}=${values[name] ?? ''} is not allowed (${descriptions.get(name) ?? 'a setting'}): ${issue.message}`;
  });
  throw new Failure(wrong.join('\n'), { exitCode: 2 });
};

const workerEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    WORKER_SETTINGS.flatMap((name): [string, string][] => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, passedOn(name, value)]];
    }),
  );

/** Workers run in another directory than the one that a path was typed in; a PEM must be one line on its way to them. */
const passedOn = (name: string, value: string): string => {
  if (name === 'NAMESPACES') return resolve(value);
  if (MODULE_SETTINGS.some((setting) => setting === name))
    return pathsIn(value)
      .map((path) => resolve(path))
      .join(',');
  if (!name.startsWith('JWT_PUBLIC_KEY')) return value;
  return value.includes('-----BEGIN') ? value.trim().replaceAll(/\r?\n/g, '\\n') : resolve(value);
};

/** Processes are recognised by the run directory in their environment, so it has one spelling. */
const realDirectory = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realDirectory(parent), path.slice(parent.length));
  }
};

const Package = z.object({ name: z.string().optional() });

const findCheckout = (from: string): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      const { name } = Package.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
      if (name === 'switchyard') return folder;
    } catch {
      if (folder === dirname(folder)) throw new Failure('the conductor runs from a checkout of switchyard');
    }
  }
};
