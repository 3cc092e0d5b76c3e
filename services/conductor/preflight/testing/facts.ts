import { DEFAULTS } from '../../../gateway/defaults.js';
import type { Limits } from '../../engines/engine.js';
import type { BuildSettings } from '../build-settings.js';
import type { Facts } from '../facts.js';
import { judge } from '../preflight.js';

export const BUILD: BuildSettings = { ...DEFAULTS.settings, ...DEFAULTS.fixed };
export const LIMITS: Limits = {
  kill: { setting: 'stopwaitsecs', value: 13 },
  front: {
    readTimeout: { setting: 'proxy_read_timeout', value: 120 },
    sendTimeout: { setting: 'proxy_send_timeout', value: 120 },
    processes: 2,
    connections: { setting: 'worker_connections', value: 20_000 },
    files: { setting: 'open files of nginx', value: 20_000 },
  },
  workerFiles: { setting: 'open files of a worker', value: 20_000 },
  localPorts: { setting: 'ports of net.ipv4.ip_local_port_range', value: 28_232 },
  broker: {
    pubsubBuffer: { setting: 'client-output-buffer-limit pubsub', value: 128 * 1024 * 1024 },
    eviction: { setting: 'maxmemory-policy', value: 'noeviction' },
    persistence: [{ setting: 'appendonly', wanted: 'yes', found: 'yes' }],
  },
};
export const FACTS: Facts = {
  build: BUILD,
  limits: LIMITS,
  workers: 2,
  connections: 1_000,
  ended: [],
  moveRate: 1_000,
  moveTimeout: 300,
  busiest: { name: 'prices', per_second: 30, bytes_per_second: 30_000 },
  certificate: undefined,
  keys: undefined,
  isRollback: false,
};

export const build = (settings: Partial<BuildSettings>): Partial<Facts> => ({ build: { ...BUILD, ...settings } });
export const limits = (given: Partial<Limits>): Partial<Facts> => ({ limits: { ...LIMITS, ...given } });
export const front = (given: Partial<Limits['front']>): Partial<Facts> =>
  limits({ front: { ...LIMITS.front, ...given } });
export const broker = (given: Partial<NonNullable<Limits['broker']>>): Partial<Facts> =>
  limits({ broker: { ...LIMITS.broker!, ...given } });
export const busiest = (perSecond: number, bytes = perSecond): Partial<Facts> => ({
  busiest: { name: 'prices', per_second: perSecond, bytes_per_second: bytes },
});

/** The refusal; empty: there is none. */
export const wordsOf = (changed: Partial<Facts>): string => {
  try {
    judge({ ...FACTS, ...changed });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};
