import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StackSettings } from '../../settings.js';
import type { Color } from '../engine.js';

/** Where the local engine keeps its things in a run directory. */
export type Layout = Readonly<{
  runDir: string;
  /** Opens the workers' control routes (RunDirectory). */
  controlToken: string;
  /** Templates of the checkout. */
  infra: string;
  templates: string;
  nginxTemplates: string;
  supervisor: string;
  colors: string;
  parts: string;
  socket: string;
  nginx: string;
  /** nginx's copy of the certificate and its key. */
  tls: string;
  /** What Redis keeps, in the hands of the user that it runs as. */
  redis: string;
  /** What it is started with. */
  redisConf: string;
  redisGuard: string;
  prometheus: string;
  /** What Prometheus is to look at: files that it watches. */
  targets: string;
  alertmanager: string;
  loki: string;
  grafana: string;
  exporter: string;
  logs: string;
  releases: string;
}>;

/** A unix socket's path holds 107 characters, and supervisord binds it under a name that is longer by its pid. */
const LONGEST_SOCKET_PATH = 95;

export const layoutOf = (checkout: string, runDir: string): Layout => {
  const socket = join(runDir, 'supervisor/supervisor.sock');
  const short = createHash('sha256').update(runDir).digest('hex').slice(0, 12);
  return {
    runDir,
    controlToken: join(runDir, 'control.token'),
    infra: join(checkout, 'infra/local'),
    templates: join(checkout, 'infra'),
    nginxTemplates: join(checkout, 'nginx'),
    supervisor: join(runDir, 'supervisor'),
    colors: join(runDir, 'supervisor/colors'),
    parts: join(runDir, 'supervisor/parts'),
    socket: socket.length <= LONGEST_SOCKET_PATH ? socket : `/tmp/switchyard-${short}/supervisor.sock`,
    nginx: join(runDir, 'nginx'),
    tls: join(runDir, 'nginx/tls'),
    redis: join(runDir, 'redis'),
    redisConf: join(runDir, 'supervisor/redis.conf'),
    redisGuard: join(runDir, 'supervisor/redis-guard.sh'),
    prometheus: join(runDir, 'prometheus'),
    targets: join(runDir, 'prometheus/targets'),
    alertmanager: join(runDir, 'alertmanager'),
    loki: join(runDir, 'loki'),
    grafana: join(runDir, 'grafana'),
    exporter: join(runDir, 'exporter'),
    logs: join(runDir, 'logs'),
    releases: join(runDir, 'releases'),
  };
};

/** Task workers listen behind the workers of their color. */
export const taskWorkerPorts = (
  settings: StackSettings,
  color: Color,
): readonly Readonly<{ name: string; port: number }>[] => {
  const base = (color === 'blue' ? settings.BLUE_PORT_BASE : settings.GREEN_PORT_BASE) + settings.WORKERS;
  return Array.from({ length: settings.TASK_WORKERS }, (_, index) => ({
    name: String(index + 1),
    port: base + index + 1,
  }));
};

export const workerPorts = (
  settings: StackSettings,
  color: Color,
): readonly Readonly<{ name: string; port: number }>[] => {
  const base = color === 'blue' ? settings.BLUE_PORT_BASE : settings.GREEN_PORT_BASE;
  return Array.from({ length: settings.WORKERS }, (_, index) => ({ name: String(index + 1), port: base + index + 1 }));
};
