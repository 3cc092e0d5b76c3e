import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StackSettings } from '../../settings.js';
import { modulesOf } from '../../releases/releases.js';
import { stopSeconds } from '../local/limits.js';
import { taskStopSeconds } from '../local/task-workers.js';
import type { Color } from '../engine.js';

type Environment = Readonly<Record<string, string>>;

/** Where an image has what a release has. */
const IN_IMAGE = '/app';

/**
 * What the settings of a stack are in compose.yml. `active`: the color that nginx begins with; `told`: the folder of what the
 * exporter is told; `files`: of what settings of workers name; `checkout`: where the links of alerts lead if nothing else is given.
 */
export const stackEnvironment = (
  settings: StackSettings,
  {
    active,
    token,
    told,
    files,
    checkout,
  }: Readonly<{ active: Color; token: string; told: string; files: string; checkout: string }>,
): Environment => ({
  MODE: settings.MODE,
  EXPOSE_ADMIN: settings.EXPOSE_ADMIN,
  FRONT_PROXIES: settings.FRONT_PROXIES,
  SCRAPE_INTERVAL: String(settings.SCRAPE_INTERVAL),
  ALERT_WEBHOOK_URL: settings.ALERT_WEBHOOK_URL,
  ALERT_DOCS_URL: settings.ALERT_DOCS_URL || pathToFileURL(join(checkout, 'docs/OBSERVABILITY.md')).href,
  LISTEN_ON: settings.LISTEN === 'local' ? '127.0.0.1' : '',
  HTTP_PORT: String(settings.HTTP_PORT),
  STREAM_PORT: String(settings.STREAM_PORT),
  METRICS_PORT: String(settings.METRICS_PORT),
  PROMETHEUS_PORT: String(settings.PROMETHEUS_PORT),
  ALERTMANAGER_PORT: String(settings.ALERTMANAGER_PORT),
  LOKI_PORT: String(settings.LOKI_PORT),
  GRAFANA_PORT: String(settings.GRAFANA_PORT),
  BLUE_PORTS: portRange(settings.BLUE_PORT_BASE, settings.WORKERS),
  GREEN_PORTS: portRange(settings.GREEN_PORT_BASE, settings.WORKERS),
  BLUE_WORKERS: String(settings.WORKERS),
  GREEN_WORKERS: String(settings.WORKERS),
  BLUE_TASK_WORKERS: String(settings.TASK_WORKERS),
  GREEN_TASK_WORKERS: String(settings.TASK_WORKERS),
  GRACEFUL_SHUTDOWN_TIMEOUT: String(settings.GRACEFUL_SHUTDOWN_TIMEOUT),
  STOP_GRACE_PERIOD: `${stopSeconds(settings)}s`,
  TASK_DRAIN: String(settings.TASK_DRAIN),
  TASK_STOP_GRACE_PERIOD: `${taskStopSeconds(settings)}s`,
  WORKER_MEMORY: settings.WORKER_MEMORY,
  WORKER_CPUS: String(settings.WORKER_CPUS),
  REDIS_MEMORY: settings.REDIS_MEMORY,
  NGINX_MEMORY: settings.NGINX_MEMORY,
  TOOL_MEMORY: settings.TOOL_MEMORY,
  ACTIVE_COLOR: active,
  TOLD: told,
  FILES: files,
  CONTROL_TOKEN: token,
});

const portRange = (base: number, count: number): string =>
  count === 1 ? String(base + 1) : `${base + 1}-${base + count}`;

/**
 * What workers get, as it is in their containers: Loki of the stack by its name, modules where the image has them.
 * `folder`: the release, a directory.
 */
export const workerEnvironmentIn = (
  folder: string,
  environment: Environment,
  { LOKI_PORT: lokiPort }: StackSettings,
): Environment => {
  const ownLoki = `http://127.0.0.1:${lokiPort}`;
  const loki = environment['LOKI_URL'] ?? '';
  const { HANDLERS, TASKS } = modulesOf(folder);
  const inImage = (path: string): string => (path === '' ? '' : join(IN_IMAGE, relative(folder, path)));
  return {
    ...environment,
    LOKI_URL: loki === ownLoki ? 'http://loki:3100' : loki,
    HANDLERS: inImage(HANDLERS),
    TASKS: inImage(TASKS),
  };
};

/** The release of every service that is named in the same command. */
export const releaseEnvironment = (id: string): Environment => ({ RELEASE: id, BLUE_RELEASE: id, GREEN_RELEASE: id });
