import type { WorkerLease } from '../../broker/cluster-directory.js';

/** How a worker is, as its lease says; null: its release does not tell. Times are ms. */
export type WorkerFigures = Readonly<{
  color: string;
  worker: string;
  release: string;
  started_at: string;
  connections: number;
  draining: boolean;
  /** Connections that are still to be moved; null: it does not drain. */
  left: number | null;
  event_loop_lag_ms: number | null;
  redis_round_trip_ms: number | null;
  delivery_lag_ms: number | null;
  /** It took the place of one of the same name and release that had not ended in order. */
  restarted: boolean;
}>;

export type ColorFigures = Readonly<{ connections: number; workers: number; releases: readonly string[] }>;

const series = (name: string): string => `websocket_${name}|{}`;
const DRAINING = series('draining');
const LEFT = series('drain_remaining_connections');
const LAG = series('event_loop_lag_seconds');
const ROUND_TRIP = series('redis_round_trip_seconds');
const DELIVERY = series('delivery_lag_seconds');
const RESTARTED = series('restarted');

/** For a lease, beside the worker's metrics; these have only the histogram of it. Null: there were no deliveries. */
export const deliveryLagGauge = (ms: number | null): Readonly<Record<string, number>> =>
  ms === null ? {} : { [DELIVERY]: ms / 1000 };

/** For a lease, where its worker is one that was restarted. */
export const restartedGauge = (isRestarted: boolean): Readonly<Record<string, number>> =>
  isRestarted ? { [RESTARTED]: 1 } : {};

export const workersOf = (leases: readonly WorkerLease[]): readonly WorkerFigures[] =>
  leases.map(({ color, worker, release, startedAt, connections, gauges }) => {
    const ms = (key: string): number | null => {
      const seconds = gauges[key];
      return seconds === undefined ? null : Math.round(seconds * 10_000) / 10;
    };
    const isDraining = gauges[DRAINING] === 1;
    return {
      color,
      worker,
      release,
      started_at: startedAt,
      connections,
      draining: isDraining,
      left: isDraining ? (gauges[LEFT] ?? null) : null,
      event_loop_lag_ms: ms(LAG),
      redis_round_trip_ms: ms(ROUND_TRIP),
      delivery_lag_ms: ms(DELIVERY),
      restarted: gauges[RESTARTED] === 1,
    };
  });

export const colorsOf = (leases: readonly WorkerLease[]): Readonly<Record<string, ColorFigures>> => {
  const colors: Record<string, ColorFigures> = {};
  for (const { color, connections, release } of leases) {
    const known = colors[color] ?? { connections: 0, workers: 0, releases: [] };
    colors[color] = {
      connections: known.connections + connections,
      workers: known.workers + 1,
      releases: known.releases.includes(release) ? known.releases : [...known.releases, release],
    };
  }
  return colors;
};
