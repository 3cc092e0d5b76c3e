import type { ClusterSamples } from '../../broker/cluster-samples.js';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import type { Loop } from '../../lifecycle/loop.js';
import { Wheel } from '../../lifecycle/wheel.js';
import { History } from './history.js';
import { Snapshots } from './snapshots.js';

/** A client of `/ws/metrics`, for the wheel of its heartbeats. */
export interface MetricsStream {
  heartbeat(nowMs: number): void;
}

/** What the streams of one worker share. */
export class StreamSources {
  readonly snapshots: Snapshots;
  readonly history: History;
  readonly heartbeats: Wheel<MetricsStream>;

  constructor(statistics: StatisticsReader, samples: ClusterSamples, heartbeatMs: number) {
    this.snapshots = new Snapshots(statistics);
    this.history = new History(samples);
    this.heartbeats = Wheel.each('stream_heartbeats', heartbeatMs, (stream, nowMs) => stream.heartbeat(nowMs));
  }

  get loops(): readonly Loop[] {
    return [this.snapshots.loop, this.heartbeats.loop];
  }

  start(): void {
    this.snapshots.start();
    this.heartbeats.start();
  }

  stop(): void {
    this.snapshots.stop();
    this.heartbeats.stop();
  }
}
