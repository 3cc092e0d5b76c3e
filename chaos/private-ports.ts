import { tryPort } from '../services/conductor/engines/local/ports.js';
import type { StackSettings } from '../services/conductor/settings.js';

export type Ports = Readonly<{
  http: number;
  metrics: number;
  redis: number;
  stream: number;
  /** Of nginx, where it has a certificate. */
  https: number;
  /** The link over which some clients reach nginx. */
  clientLink: number;
  /** Worker i listens on this + i; its link to Redis is at its own port + LINK_STEP. */
  blue: number;
  green: number;
  /** What watches a stack, by setting. */
  watching: Readonly<Record<string, number>>;
}>;

/** From a worker's port to that of its link to Redis. */
export const LINK_STEP = 8;

const WATCHING = [
  'PROMETHEUS_PORT',
  'GRAFANA_PORT',
  'LOKI_PORT',
  'ALERTMANAGER_PORT',
  'EXPORTER_PORT',
  'REDIS_EXPORTER_PORT',
  'NGINX_EXPORTER_PORT',
] as const satisfies readonly (keyof StackSettings)[];

/** Below the ports that outgoing connections take, away from every default. */
const RANGE = { first: 20_000, last: 32_000, size: 50 };

/** As many as choose at once. */
const SHARES = 4;

const layOut = (base: number): Ports => ({
  http: base,
  metrics: base + 1,
  redis: base + 2,
  stream: base + 3,
  clientLink: base + 4,
  https: base + 5,
  blue: base + 10,
  green: base + 30,
  watching: Object.fromEntries(WATCHING.map((setting, index) => [setting, base + 42 + index])),
});

/** The settings that give a stack these ports. */
export const portSettings = (ports: Ports): Readonly<Record<string, string>> => {
  const numbers = {
    HTTP_PORT: ports.http,
    METRICS_PORT: ports.metrics,
    STREAM_PORT: ports.stream,
    HTTPS_PORT: ports.https,
    REDIS_PORT: ports.redis,
    BLUE_PORT_BASE: ports.blue,
    GREEN_PORT_BASE: ports.green,
    ...ports.watching,
  };
  return Object.fromEntries(Object.entries(numbers).map(([setting, port]) => [setting, String(port)]));
};

/**
 * Finds a range in which nobody listens. Who chooses at the same time as others takes ranges of its own `share` of
 * `SHARES`: between the look and the first listener another one could find the same.
 */
export const choosePorts = async (share = 0): Promise<Ports> => {
  for (;;) {
    const ranges = Math.floor((RANGE.last - RANGE.first) / RANGE.size / SHARES);
    const base = RANGE.first + (Math.floor(Math.random() * ranges) * SHARES + (share % SHARES)) * RANGE.size;
    const all = Array.from({ length: RANGE.size }, (_, index) => base + index);
    const bindings = await Promise.all(all.map((port) => tryPort(port, '127.0.0.1')));
    if (bindings.every((binding) => binding === 'free')) return layOut(base);
  }
};
