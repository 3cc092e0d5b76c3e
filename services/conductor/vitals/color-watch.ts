import type { Color } from '../engines/engine.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { nameOf, type Vitals, type WorkerStatus } from '../worker-client.js';
import { missing, type Reading } from './figures.js';

type Count = Exclude<
  keyof Vitals,
  'event_loop_lag_ms' | 'host_busy' | 'redis_round_trip_ms' | 'delivery_lag_ms' | 'unauthorized'
>;

/** Watches the workers of a color: what they count is told from the first look at each on. */
export class ColorWatch {
  readonly #site: Site;
  readonly #color: Color;
  /** By worker id: a worker that was started again counts anew. */
  readonly #first = new Map<string, Vitals>();
  /** Of each worker that has given figures, by name: its last id. */
  readonly #ids = new Map<string, string>();
  #silent: readonly string[] = [];

  constructor(site: Site, color: Color) {
    this.#site = site;
    this.#color = color;
  }

  /** Workers of the last look that answered and have never given figures: releases from before there were any do not. */
  get silent(): readonly string[] {
    return this.#silent;
  }

  /** One reading for each worker that gives figures, or did before: without any then. */
  async look(): Promise<readonly Reading[]> {
    const workers = await runningWorkers(this.#site, this.#color);
    const silent: string[] = [];
    const given = new Map<string, Reading>();
    await Promise.all(
      workers.map(async (worker) => {
        const status = await clientOf(this.#site, worker)
          .status()
          .catch(() => undefined);
        if (status === undefined) return;
        const name = nameOf(worker);
        const before = this.#ids.get(name);
        if (status.vitals === undefined) {
          if (before === undefined) silent.push(name);
          return;
        }
        this.#ids.set(name, status.worker_id);
        const isRestarted = before !== undefined && before !== status.worker_id;
        given.set(name, { ...this.#read(name, status.vitals, status), isRestarted });
      }),
    );
    this.#silent = silent;
    return [...this.#ids.keys()].map((name) => given.get(name) ?? missing(name));
  }

  #read(source: string, vitals: Vitals, { connections, worker_id: id }: WorkerStatus): Reading {
    const first = this.#first.get(id) ?? vitals;
    this.#first.set(id, first);
    const part = (failed: Count, of: Count, more = 0) => ({
      failed: vitals[failed] - first[failed],
      of: vitals[of] - first[of] + more,
    });
    const { event_loop_lag_ms, redis_round_trip_ms, delivery_lag_ms, unauthorized } = vitals;
    const turnedAway = unauthorized === undefined ? undefined : unauthorized - (first.unauthorized ?? 0);
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
        unexpected_closes: {
          ...part('closes_unexpected', 'closes', connections),
          doubtful: vitals.closes_doubtful - first.closes_doubtful,
        },
      },
      ...(turnedAway === undefined ? {} : { turnedAway: { failed: turnedAway, of: turnedAway + connections } }),
    };
  }
}
