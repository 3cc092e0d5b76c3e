import { join } from 'node:path';
import { filesOf, frontWorkers } from '../../processes.js';
import type { StackSettings } from '../../settings.js';
import type { FrontLimits, Limits } from '../engine.js';
import type { Layout } from './layout.js';
import { textOf } from './log-files.js';
import { readRedisSettings } from './redis-settings.js';

/** Seconds between a worker's own deadline and the end of patience with it. */
const STOP_MARGIN_SECONDS = 3;

/** From SIGTERM to SIGKILL of a worker: `stopwaitsecs`. */
export const stopSeconds = (settings: StackSettings): number =>
  Math.ceil(settings.GRACEFUL_SHUTDOWN_TIMEOUT) + STOP_MARGIN_SECONDS;

/** What is written down, whether the stack runs or not. */
export const standingLimits = (layout: Layout, settings: StackSettings): Limits => ({
  kill: { setting: 'stopwaitsecs', value: stopSeconds(settings) },
  front: readFront(textOf(join(layout.nginxTemplates, 'nginx.conf'))),
  workerFiles: undefined,
  localPorts: portRange(textOf('/proc/sys/net/ipv4/ip_local_port_range')),
  broker: undefined,
});

/** What a running stack runs with. */
export const runningLimits = async (
  layout: Layout,
  settings: StackSettings,
  workers: readonly number[],
): Promise<Limits> => {
  const standing = standingLimits(layout, settings);
  const front = readFront(textOf(join(layout.nginx, 'nginx.conf')));
  const pids = frontWorkers(layout.runDir);
  return {
    ...standing,
    front: {
      ...front,
      processes: pids.length,
      connections: least('worker_connections', [front.connections?.value]),
      files: least('open files of nginx', pids.map(filesOf)),
    },
    workerFiles: least('open files of a worker', workers.map(filesOf)),
    broker: await readRedisSettings(settings.REDIS_PORT, layout.redisConf),
  };
};

/** What a configuration of nginx says of its patience and its room: the least of each, wherever it stands. */
export const readFront = (text: string): FrontLimits => {
  const values = (directive: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^\\s*${directive}\\s+([^;]+);`, 'gm'))].map(([, value]) => value ?? '');
  return {
    readTimeout: least('proxy_read_timeout', values('proxy_read_timeout').map(secondsOf)),
    sendTimeout: least('proxy_send_timeout', values('proxy_send_timeout').map(secondsOf)),
    processes: 0,
    connections: least('worker_connections', values('worker_connections').map(numberOf)),
    files: undefined,
  };
};

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** A time as nginx writes it, such as `120s`, `2m` or `1m 30s`. */
const secondsOf = (text: string): number | undefined => {
  const parts = [...text.matchAll(/(\d+)(ms|[smhd])?/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? 's'] ?? 1), 0);
};

const numberOf = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

export const portRange = (text: string): Limits['localPorts'] => {
  const [first, last] = text.trim().split(/\s+/).map(Number);
  if (first === undefined || last === undefined) return undefined;
  return { setting: 'ports of net.ipv4.ip_local_port_range', value: last - first + 1 };
};

const least = (setting: string, values: readonly (number | undefined)[]): Limits['workerFiles'] => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : { setting, value: Math.min(...known) };
};
