import type { ClusterSamples, Sample } from '../../broker/cluster-samples.js';
import { SharedRun } from '../../lifecycle/shared-run.js';
import { timeSeriesEvent } from './events.js';
import type { ChosenMetric } from './subscription.js';

/** What was read once serves all who ask within so long, ms. */
const FRESH_MS = 1_000;

type Read = Readonly<{ atMs: number; samples: readonly Sample[]; events: Map<string, string> }>;

/** TimeSeries of the cluster's samples: read, and encoded, once a second at most. */
export class History {
  readonly #reads: SharedRun<Read>;
  #newest: Read | undefined;

  constructor(samples: ClusterSamples) {
    this.#reads = new SharedRun(async () => ({ atMs: Date.now(), samples: await samples.all(), events: new Map() }));
  }

  /** One event, encoded, for each metric. @throws BrokerUnavailable */
  async events(metrics: readonly ChosenMetric[]): Promise<readonly string[]> {
    const read = await this.#read();
    return metrics.map(({ name, metric }) => {
      const event = read.events.get(name) ?? timeSeriesEvent(name, metric, read.samples);
      read.events.set(name, event);
      return event;
    });
  }

  async #read(): Promise<Read> {
    if (this.#newest === undefined || Date.now() - this.#newest.atMs > FRESH_MS) this.#newest = await this.#reads.run();
    return this.#newest;
  }
}
