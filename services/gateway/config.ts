import { isIP } from 'node:net';
import { z } from 'zod';

const seconds = (fallback: number, least: number, most = 86_400) =>
  z.coerce.number().min(least).max(most).default(fallback);
const count = (fallback: number, least = 1) => z.coerce.number().int().min(least).default(fallback);
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1' || value === 'yes');
const isCidr = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return (
    rest.length === 0 &&
    isIP(address) !== 0 &&
    (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= bits))
  );
};

const cidrs = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '' && part !== 'none'),
    )
    .refine((parts) => parts.every(isCidr), 'addresses or CIDR ranges, separated by commas, or none');

/**
 * Every setting of a worker, by environment variable. docs/OPERATIONS.md has the same table; a test holds the two
 * together. Times are seconds unless the name says otherwise.
 */
export const settings = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8001),
  HOST: z.string().min(1).default('127.0.0.1'),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'a redis:// or rediss:// address' }).optional(),
  COLOR: z.enum(['blue', 'green']).default('blue'),
  WORKER: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, '1 to 32 letters, digits, _ or -')
    .default('1'),
  RELEASE: z.string().min(1).max(100).default('dev'),
  SERVICE_NAME: z.string().min(1).default('websocket-message-counter'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_MESSAGES_PER_SECOND: count(20, 0),
  LOKI_URL: z
    .url({ protocol: /^https?$/, error: 'an http:// or https:// address' })
    .refine(
      (url) => new URL(url).username === '' && new URL(url).password === '',
      'an address without name and password',
    )
    .optional(),
  LOKI_BUFFER_BYTES: count(4 * 1024 * 1024, 1024 * 1024),
  CONTROL_TOKEN: z.string().min(16, 'at least 16 characters').optional(),
  ADMIN_PASSWORD: z.string().max(200, 'at most 200 characters').optional(),
  TRUSTED_PROXIES: cidrs('127.0.0.0/8,::1/128'),
  WEBSOCKET_HEARTBEAT_INTERVAL: seconds(30, 0.05),
  HEARTBEAT_TIMEOUT: seconds(60, 0.1, 900),
  ENABLE_HEARTBEAT: flag(true),
  MAX_CLIENT_ERRORS: count(10),
  IDLE_TIMEOUT: seconds(300, 0.1),
  IDLE_CHECK_INTERVAL: seconds(30, 0.05, 3_600),
  IDLE_DISCONNECT: z.coerce.number().min(0.1).max(604_800).optional(),
  METRICS_SAMPLE_INTERVAL: seconds(10, 0.05, 3_600),
  METRICS_HISTORY: seconds(3_600, 1, 86_400),
  METRICS_HEARTBEAT_INTERVAL: seconds(15, 0.05, 60),
  TASK_RESTART_INTERVAL: seconds(5, 0.05, 3_600),
  MAX_QUEUE_SIZE: count(10_000),
  CONSUMER_POOL_SIZE: count(4),
  RATE_LIMIT_MESSAGES_PER_WINDOW: count(60),
  RATE_LIMIT_MESSAGE_WINDOW: seconds(60, 0.1),
  RATE_LIMIT_CONNECTIONS_PER_WINDOW: count(10),
  RATE_LIMIT_CONNECTION_WINDOW: seconds(60, 0.1),
  RATE_LIMIT_BURST_MULTIPLIER: z.coerce.number().min(1).max(1_000).default(2),
  RATE_LIMIT_DISCONNECT_AFTER: count(3),
  RATE_LIMIT_TRUSTED: cidrs(''),
  PUBLISH_TIMEOUT: seconds(5, 0.1),
  GRACEFUL_SHUTDOWN_TIMEOUT: seconds(10, 0.5),
  DRAIN_RATE: count(500),
  DRAIN_GRACE: seconds(3, 0.1),
  SLOW_CONSUMER_BYTES: count(256 * 1024, 1024),
  HISTORY_SIZE: count(1_000),
  HISTORY_TTL: count(300),
  HISTORY_MAX_BYTES: count(16 * 1024 * 1024, 64 * 1024),
  SESSION_TTL: count(3_600),
  DEDUPE_WINDOW: count(300),
  DEDUPE_MAX_IDS: count(1_000),
  PLACE_INTERVAL: seconds(2, 0.05),
  POSITION_CHECK_INTERVAL: seconds(5, 0.05),
  LEASE_INTERVAL: seconds(1, 0.05),
});

export type Config = Readonly<z.infer<typeof settings>>;

/** Settings whose value is shown nowhere. */
const SECRETS: ReadonlySet<string> = new Set(['CONTROL_TOKEN', 'ADMIN_PASSWORD']);

/** The rate limits, as one object. */
export const rateLimits = (config: Config) => ({
  messages: {
    limit: config.RATE_LIMIT_MESSAGES_PER_WINDOW,
    windowMs: config.RATE_LIMIT_MESSAGE_WINDOW * 1000,
    burst: config.RATE_LIMIT_BURST_MULTIPLIER,
  },
  connections: {
    limit: config.RATE_LIMIT_CONNECTIONS_PER_WINDOW,
    windowMs: config.RATE_LIMIT_CONNECTION_WINDOW * 1000,
    burst: config.RATE_LIMIT_BURST_MULTIPLIER,
  },
  disconnectAfter: config.RATE_LIMIT_DISCONNECT_AFTER,
});

/** What a stop needs besides the moves, s: places, the lease, Redis. */
export const SHUTDOWN_RESERVE = 2;

/** A TimeSeries of so many points is sent whole and has some 100 KB; a subscription may ask for six of them. */
const MAX_SAMPLES = 2_000;

/** Settings of the FastPluggy WebSocket tool that bear the same name here. */
const SHARED = [
  'MAX_QUEUE_SIZE',
  'CONSUMER_POOL_SIZE',
  'ENABLE_HEARTBEAT',
  'HEARTBEAT_TIMEOUT',
  'MAX_CLIENT_ERRORS',
  'TASK_RESTART_INTERVAL',
  'RATE_LIMIT_MESSAGES_PER_WINDOW',
  'RATE_LIMIT_MESSAGE_WINDOW',
  'RATE_LIMIT_CONNECTIONS_PER_WINDOW',
  'RATE_LIMIT_CONNECTION_WINDOW',
  'RATE_LIMIT_BURST_MULTIPLIER',
  'RATE_LIMIT_DISCONNECT_AFTER',
] as const satisfies readonly (keyof Config)[];

/** Names of that tool that mean the same as ours, weakest first; ours win where both are set. */
export const ALIASES: Readonly<Record<string, keyof Config>> = {
  ...Object.fromEntries(SHARED.map((name) => [`FP_WST_${name}`, name])),
  FP_WST_HEARTBEAT_INTERVAL: 'WEBSOCKET_HEARTBEAT_INTERVAL',
  HEARTBEAT_INTERVAL: 'WEBSOCKET_HEARTBEAT_INTERVAL',
};

/** What an address says of its user is not for a screen. */
const withoutSecret = (value: string): string => value.replace(/(?<=\/\/)[^@/]*@/, '…@');

/** One or more settings are wrong; the message has a line for each: variable, value, what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** @throws ConfigError */
export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): Config => {
  const given: Record<string, string> = {};
  const named: Record<string, string> = {};
  const take = (variable: string, setting: string): void => {
    const value = environment[variable]?.trim();
    if (value === undefined || value === '') return;
    const isFlag = !SECRETS.has(setting) && /^(true|false|yes|no)$/i.test(value);
    given[setting] = isFlag ? value.toLowerCase() : value;
    named[setting] = variable;
  };
  for (const [alias, setting] of Object.entries(ALIASES)) take(alias, setting);
  for (const setting of Object.keys(settings.shape)) take(setting, setting);

  const result = settings.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => {
      const setting = String(issue.path[0]);
      const shown = SECRETS.has(setting) ? '(a secret)' : JSON.stringify(withoutSecret(given[setting] ?? ''));
      const words = issue.code === 'invalid_type' ? `must be a ${issue.expected}` : issue.message;
      return `${named[setting] ?? setting}=${shown}: ${words}`;
    });
    throw new ConfigError(lines.join('\n'));
  }
  const config = result.data;
  if (config.HEARTBEAT_TIMEOUT <= config.WEBSOCKET_HEARTBEAT_INTERVAL) {
    throw new ConfigError(
      `HEARTBEAT_TIMEOUT=${config.HEARTBEAT_TIMEOUT}: must be more than WEBSOCKET_HEARTBEAT_INTERVAL ` +
        `(${config.WEBSOCKET_HEARTBEAT_INTERVAL} s), or every connection would time out`,
    );
  }
  if (config.IDLE_DISCONNECT !== undefined && config.IDLE_DISCONNECT <= config.IDLE_TIMEOUT) {
    throw new ConfigError(
      `IDLE_DISCONNECT=${config.IDLE_DISCONNECT}: must be more than IDLE_TIMEOUT (${config.IDLE_TIMEOUT} s), or nobody ` +
        'would be warned before',
    );
  }
  if (config.METRICS_HISTORY / config.METRICS_SAMPLE_INTERVAL > MAX_SAMPLES) {
    throw new ConfigError(
      `METRICS_HISTORY=${config.METRICS_HISTORY}: must be at most ${MAX_SAMPLES} times METRICS_SAMPLE_INTERVAL ` +
        `(${config.METRICS_SAMPLE_INTERVAL} s): that is how many samples are kept`,
    );
  }
  if (config.DRAIN_GRACE + SHUTDOWN_RESERVE > config.GRACEFUL_SHUTDOWN_TIMEOUT) {
    throw new ConfigError(
      `DRAIN_GRACE=${config.DRAIN_GRACE}: must be at least ${SHUTDOWN_RESERVE} s less than GRACEFUL_SHUTDOWN_TIMEOUT ` +
        `(${config.GRACEFUL_SHUTDOWN_TIMEOUT} s), or a stop would end before its connections may move`,
    );
  }
  return config;
};
