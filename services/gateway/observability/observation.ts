import type { MomentSources } from './gauges.js';
import { PrometheusMetrics } from './prometheus.js';
import { VitalSigns } from './vitals.js';

export type ObservationOptions = Readonly<{
  color: string;
  worker: string;
  release: string;
  /** Where the figures of the moment come from; that of the event loop is kept here. */
  sources: Omit<MomentSources, 'eventLoopLagMs'>;
}>;

/** What a worker observes of itself: metrics for people and alerts, vital signs for whoever deploys. */
export class Observation {
  readonly vitals: VitalSigns;
  readonly metrics: PrometheusMetrics;

  constructor({ color, worker, release, sources }: ObservationOptions) {
    const vitals = new VitalSigns(() => sources.redis().roundTripMs);
    this.vitals = vitals;
    this.metrics = new PrometheusMetrics({
      color,
      worker,
      release,
      sources: { ...sources, eventLoopLagMs: () => vitals.worstLagMs },
      vitals: vitals.metrics,
    });
  }

  start(): void {
    this.vitals.start();
    this.metrics.start();
  }

  stop(): void {
    this.vitals.stop();
    this.metrics.stop();
  }
}
