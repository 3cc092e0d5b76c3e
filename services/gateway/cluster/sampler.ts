import { BrokerUnavailable } from '../broker/channel-log.js';
import type { ClusterSamples, Sample } from '../broker/cluster-samples.js';
import { Loop } from '../lifecycle/loop.js';
import type { ClusterStatistics, StatisticsReader } from './statistics-reader.js';

export type SamplerOptions = Readonly<{
  workerId: string;
  intervalMs: number;
  /** How far back samples reach, ms. */
  historyMs: number;
  /** What of the cluster is kept. Asked at each look, also where another worker adds. */
  values(statistics: ClusterStatistics): Sample['values'];
}>;

/**
 * Keeps samples of the whole cluster. All workers look; the one that lives longest, by the leases, adds. When it ends
 * or is killed the next oldest goes on as soon as the lease is over, and nobody has to be elected by name.
 */
export class Sampler {
  readonly loop: Loop;
  readonly #reader: StatisticsReader;
  readonly #samples: ClusterSamples;
  readonly #options: SamplerOptions;

  constructor(reader: StatisticsReader, samples: ClusterSamples, options: SamplerOptions) {
    this.#reader = reader;
    this.#samples = samples;
    this.#options = options;
    this.loop = new Loop('sampler', options.intervalMs, () => this.#sample());
  }

  start(): void {
    this.loop.start(true);
  }

  stop(): void {
    this.loop.stop();
  }

  async #sample(): Promise<void> {
    const { workerId, intervalMs, historyMs, values } = this.#options;
    try {
      const statistics = await this.#reader.read();
      // All of them: whoever goes on knows what was before.
      const sample = values(statistics);
      if (statistics.workers[0]?.workerId !== workerId) return;
      // One more than fit, so that the oldest is at least that old.
      const keep = Math.ceil(historyMs / intervalMs) + 1;
      await this.#samples.add(sample, { minGapMs: intervalMs / 2, keep });
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error; // The next one comes soon enough.
    }
  }
}
