import { z } from 'zod';
import { addressRanges } from './address-ranges.js';
import { ContainerSettings } from './container-settings.js';

const port = z.coerce.number().int().min(1).max(65_535);
const portBase = z.coerce.number().int().min(1).max(65_000);
const seconds = z.coerce.number().positive();
/** A page, which may be a file of whoever reads; or nothing. */
const page = z
  .union([z.literal(''), z.url({ protocol: /^(?:https?|file)$/, error: 'not an http or file address' })])
  .default('');
/** An http address, or nothing. */
const address = z.union([z.literal(''), z.url({ protocol: /^https?$/, error: 'not an http address' })]).default('');

/** The shortest window of an alert rule or a mark is a minute: it must hold four looks. */
export const MOST_SCRAPE_INTERVAL = 15;

/** What `up` fixes for the life of a stack: remembered in the run directory, so that later verbs need no environment. */
export const StackSettings = z.object({
  ENGINE: z
    .enum(['', 'local', 'compose'])
    .default('')
    .describe('local: processes of this machine, compose: containers; by default compose where Docker can'),
  MODE: z
    .enum(['development', 'production'])
    .default('development')
    .describe('production: clients need a token, no default password, no admin page on the public port'),
  WORKERS: z.coerce.number().int().min(1).max(64).default(2).describe('workers of a color, 1 to 64'),
  TASK_WORKERS: z.coerce.number().int().min(0).max(16).default(1).describe('task workers of a color, 0 to 16'),
  TASK_DRAIN: z.coerce
    .number()
    .min(0)
    .max(3_600)
    .default(20)
    .describe('seconds that tasks may run on when their worker stops, then they are handed back'),
  HTTP_PORT: port.default(80).describe('the public port of nginx; 8000 when 80 may not be bound'),
  METRICS_PORT: port.default(8080).describe('metrics of the whole cluster'),
  STREAM_PORT: port.default(5900).describe('the metrics stream, /ws/metrics alone'),
  REDIS_PORT: port.default(6379).describe('the Redis of this stack'),
  BLUE_PORT_BASE: portBase.default(8000).describe('blue worker i listens on this port + i'),
  GREEN_PORT_BASE: portBase.default(8100).describe('green worker i listens on this port + i'),
  LISTEN: z.enum(['all', 'local']).default('all').describe('nginx on all addresses, or on loopback only'),
  GRACEFUL_SHUTDOWN_TIMEOUT: seconds.default(10).describe('seconds a worker has for its own drain after SIGTERM'),
  RUN_USER: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/i, 'a name of a user')
    .or(z.literal(''))
    .default('')
    .describe('who runs what needs no privileges, where root starts the stack: nobody, when that can be'),
  EXPOSE_ADMIN: z
    .enum(['', '0', '1'])
    .default('')
    .describe('1: /admin is on the public port, 0: it is not; by default in development alone'),
  OBSERVABILITY: z
    .enum(['on', 'off'])
    .default('on')
    .describe('on: Prometheus, Loki and what else watches is started where it is installed'),
  PROMETHEUS_PORT: port.default(9090).describe('Prometheus'),
  GRAFANA_PORT: port.default(3000).describe('Grafana'),
  LOKI_PORT: port.default(3100).describe('Loki'),
  ALERTMANAGER_PORT: port.default(9093).describe('Alertmanager'),
  EXPORTER_PORT: port.default(9102).describe('metrics of colors, workers and deploys'),
  REDIS_EXPORTER_PORT: port.default(9121).describe('metrics of Redis'),
  NGINX_EXPORTER_PORT: port.default(9113).describe('metrics of nginx'),
  SCRAPE_INTERVAL: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_SCRAPE_INTERVAL)
    .default(5)
    .describe('seconds between two looks of Prometheus at everything, 1 to 15'),
  ALERT_WEBHOOK_URL: address.describe('where Alertmanager sends alerts too'),
  ALERT_DOCS_URL: page.describe('where docs/OBSERVABILITY.md is for whoever gets an alert; that of the checkout'),
  TLS_CERT: z.string().default('').describe('a certificate (PEM) whose end is watched; that of TLS_DIR is by itself'),
  TLS_DIR: z.string().default('').describe('a folder with fullchain.pem and privkey.pem: nginx speaks TLS'),
  HTTPS_PORT: port.default(443).describe('the public port of nginx for TLS; 8443 when 443 may not be bound'),
  HSTS_MAX_AGE: z.coerce
    .number()
    .int()
    .min(0)
    .max(63_072_000)
    .default(0)
    .describe('seconds for which browsers ask for this host by TLS alone (HSTS), up to two years; 0: not said'),
  FRONT_PROXIES: addressRanges.describe(
    'addresses and ranges of proxies in front of nginx, whose X-Forwarded-For it believes',
  ),
  ...ContainerSettings.shape,
});
export type StackSettings = z.infer<typeof StackSettings>;

/** Whether nginx has a certificate to speak TLS with. */
export const speaksTls = ({ TLS_DIR: folder }: StackSettings): boolean => folder !== '';

/** Whether the stack is for others than its developer: what is only good for one is not given then. */
export const isProduction = ({ MODE: mode }: Pick<StackSettings, 'MODE'>): boolean => mode === 'production';

/** Whether the public port serves the admin page; the one of the metrics does so for this machine in any case. */
export const exposesAdmin = (stack: StackSettings): boolean =>
  stack.EXPOSE_ADMIN === '' ? !isProduction(stack) : stack.EXPOSE_ADMIN === '1';

/** What may be given with any verb. */
export const VerbSettings = z.object({
  READY_TIMEOUT: seconds.default(20).describe('seconds until a new color counts as failed'),
  WARM_UP: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(1_000)
    .describe('connections that each new worker sees before the switch, 0 to 10000; 0: none'),
  DRAIN_RATE: z.coerce.number().int().min(1).default(2_000).describe('connections moved a second at most'),
  DRAIN_TIMEOUT: seconds.default(300).describe('seconds a promote waits for connections to move, pauses included'),
  BAKE_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3_600)
    .default(5)
    .describe('seconds a new color is watched after the switch, and again after the move; 0 to 3600, 0: one look each'),
  PROBES: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(50)
    .describe("subscribers of the ledger's probes, 0 to 1000; 0: no ledger"),
  THRESHOLDS: z.string().default('').describe('a file with thresholds; default infra/thresholds.json'),
  KEEP_RELEASES: z.coerce.number().int().min(1).default(3).describe('releases kept on disk'),
  KEEP_LEDGERS: z.coerce.number().int().min(1).default(50).describe('ledgers kept on disk'),
  FORCE: z
    .enum(['', '0', '1'])
    .default('')
    .transform((value) => value === '1')
    .describe('1: promote to the active color goes through the other one and back'),
  REPLACE_KEYS: z
    .enum(['', '0', '1'])
    .default('')
    .transform((value) => value === '1')
    .describe('1: a deploy may refuse tokens and API keys that are good now, and clients for their token'),
});
export type VerbSettings = z.infer<typeof VerbSettings>;

/** What `prove` does to the running stack. */
export const ProveSettings = z.object({
  CLIENTS: z.coerce.number().int().min(1).max(20_000).default(1_000).describe('clients, 1 to 20000'),
  PLAIN: z.coerce.number().int().min(0).optional().describe('of the clients: plain ones; half of them by default'),
  CHANNELS: z.coerce.number().int().min(1).max(10_000).default(20).describe('channels, 1 to 10000'),
  RATE: z.coerce.number().positive().max(10_000).default(200).describe('publications a second, up to 10000'),
  STEADY: z.coerce.number().min(1).max(600).default(5).describe('seconds of each steady phase, 1 to 600'),
  STRICT: z
    .enum(['', '0', '1'])
    .default('')
    .transform((value) => value === '1')
    .describe('1: a time bound that was missed fails the run'),
});
export type ProveSettings = z.infer<typeof ProveSettings>;

/** Two things on one port, in words; undefined when there is none. `more`: those of optional parts that will run. */
export const portConflict = (settings: StackSettings, more: readonly OwnedPort[] = []): string | undefined => {
  const owners = new Map<number, string>();
  for (const { port: number, setting } of [...portsOf(settings), ...more]) {
    const owner = owners.get(number);
    if (owner !== undefined) return `${owner} and ${setting} both want port ${number}: give one of them another value`;
    owners.set(number, setting);
  }
  return undefined;
};

export type OwnedPort = Readonly<{ port: number; setting: keyof StackSettings; use: string }>;

/** Every port of the cluster with the setting that moves it. */
export const portsOf = (settings: StackSettings): readonly OwnedPort[] => {
  const numbers = Array.from({ length: settings.WORKERS }, (_, index) => index + 1);
  return [
    { port: settings.HTTP_PORT, setting: 'HTTP_PORT', use: 'nginx' },
    { port: settings.METRICS_PORT, setting: 'METRICS_PORT', use: 'the cluster metrics' },
    { port: settings.STREAM_PORT, setting: 'STREAM_PORT', use: 'the metrics stream' },
    ...(speaksTls(settings) ? [{ port: settings.HTTPS_PORT, setting: 'HTTPS_PORT' as const, use: 'nginx (TLS)' }] : []),
    { port: settings.REDIS_PORT, setting: 'REDIS_PORT', use: 'Redis' },
    ...numbers.map((i) => ({
      port: settings.BLUE_PORT_BASE + i,
      setting: 'BLUE_PORT_BASE' as const,
      use: `blue worker ${i}`,
    })),
    ...numbers.map((i) => ({
      port: settings.GREEN_PORT_BASE + i,
      setting: 'GREEN_PORT_BASE' as const,
      use: `green worker ${i}`,
    })),
    ...(['BLUE_PORT_BASE', 'GREEN_PORT_BASE'] as const).flatMap((setting) =>
      Array.from({ length: settings.TASK_WORKERS }, (_, index) => ({
        port: settings[setting] + settings.WORKERS + index + 1,
        setting,
        use: `${setting === 'BLUE_PORT_BASE' ? 'blue' : 'green'} task worker ${index + 1}`,
      })),
    ),
  ];
};
