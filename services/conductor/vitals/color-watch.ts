import type { Color } from '../engines/engine.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { nameOf, type Vitals, type WorkerStatus } from '../worker-client.js';
import type { Reading } from './figures.js';

type Counts = Omit<Vitals, 'event_loop_lag_ms' | 'host_busy' | 'redis_round_trip_ms' | 'delivery_lag_ms'>;

/** Watches the workers of a color: what they count is told from the first look at each on. */
export class ColorWatch {
  readonly #site: Site;
  readonly #color: Color;
  readonly #first = new Map<string, Counts>();

  constructor(site: Site, color: Color) {
    this.#site = site;
    this.#color = color;
  }

  /** One reading for each worker that answers and tells of its vitals: older releases do not. */
  async look(): Promise<readonly Reading[]> {
    const workers = await runningWorkers(this.#site, this.#color);
    const readings = await Promise.all(
      workers.map(async (worker) => {
        const status = await clientOf(this.#site, worker)
          .status()
          .catch(() => undefined);
        return status?.vitals === undefined ? [] : [this.#read(nameOf(worker), status.vitals, status)];
      }),
    );
    return readings.flat();
  }

  #read(source: string, vitals: Vitals, { connections, worker_id: id }: WorkerStatus): Reading {
    // A worker that was started again counts anew.
    const first = this.#first.get(id) ?? vitals;
    this.#first.set(id, first);
    const part = (failed: keyof Counts, of: keyof Counts, more = 0) => ({
      failed: vitals[failed] - first[failed],
      of: vitals[of] - first[of] + more,
    });
    const { event_loop_lag_ms, redis_round_trip_ms, delivery_lag_ms } = vitals;
    return {
      source,
      hostBusy: vitals.host_busy,
      moments: {
        event_loop_lag_ms,
        ...(redis_round_trip_ms === null ? {} : { redis_round_trip_ms }),
        ...(delivery_lag_ms === null ? {} : { delivery_lag_ms }),
      },
      shares: {
        publish_failures: part('publishes_failed', 'publishes'),
        resume_failures: part('resumes_failed', 'resumes'),
        recovery_failures: part('recoveries_failed', 'recoveries'),
        unexpected_closes: part('closes_unexpected', 'closes', connections),
      },
    };
  }
}
