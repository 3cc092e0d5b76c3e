import { z } from 'zod';
import { apiKeys } from './api-keys.js';
import { cidrs, count, flag, openFlag, origins, paths, seconds, webAddress } from './fields.js';

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
  MODE: z.enum(['development', 'production']).default('development'),
  SERVICE_NAME: z.string().min(1).default('websocket-message-counter'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_MESSAGES_PER_SECOND: count(20, 0),
  LOKI_URL: webAddress().optional(),
  LOKI_BUFFER_BYTES: count(4 * 1024 * 1024, 1024 * 1024),
  CONTROL_TOKEN: z.string().min(16, 'at least 16 characters').optional(),
  ADMIN_PASSWORD: z.string().max(200, 'at most 200 characters').optional(),
  API_KEYS: apiKeys(),
  ADMIN_COVERS_STATS: openFlag(),
  ALLOW_ANONYMOUS: openFlag(),
  JWT_SECRET: z.string().min(32, 'at least 32 characters').optional(),
  JWT_SECRET_PREVIOUS: z.string().min(32, 'at least 32 characters').optional(),
  JWT_PUBLIC_KEY: z.string().optional(),
  JWT_PUBLIC_KEY_PREVIOUS: z.string().optional(),
  JWKS_URL: webAddress().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_CLOCK_TOLERANCE: seconds(5, 0, 300),
  TOKEN_WARNING: seconds(60, 0.1),
  REVOCATION_TTL: seconds(2_592_000, 1, 31_536_000),
  NAMESPACES: z.string().optional(),
  TASKS: paths(),
  MAX_TASKS_WAITING: count(10_000),
  ALLOWED_ORIGINS: origins(),
  TRUSTED_PROXIES: cidrs('127.0.0.0/8,::1/128'),
  WEBSOCKET_HEARTBEAT_INTERVAL: seconds(30, 0.05),
  HEARTBEAT_TIMEOUT: seconds(60, 0.1, 900),
  ENABLE_HEARTBEAT: flag(true),
  MAX_CLIENT_ERRORS: count(10),
  MAX_CHANNELS: count(128),
  HANDLERS: paths(),
  HANDLER_TIMEOUT: seconds(5, 0.05, 3_600),
  HANDLER_CALLS: count(16),
  COMPRESSION: flag(false),
  ECHO_ENDPOINT: flag(false),
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
export const SECRETS: ReadonlySet<string> = new Set([
  'CONTROL_TOKEN',
  'ADMIN_PASSWORD',
  'API_KEYS',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
]);
