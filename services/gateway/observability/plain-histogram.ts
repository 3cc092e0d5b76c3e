import { Histogram, type MetricObjectWithValues, type MetricValueWithName, type Registry } from 'prom-client';

export type PlainHistogramOptions = Readonly<{
  name: string;
  help: string;
  /** Upper bounds, rising. */
  buckets: readonly number[];
  registry: Registry;
}>;

/**
 * A histogram without labels for the message path: an observation is a look through the bounds and three additions, where
 * prom-client's `observe` builds and hashes its labels each time (`make bench-scrape` prints both).
 */
export class PlainHistogram extends Histogram {
  readonly #options: PlainHistogramOptions;
  /** An empty one, which knows everything of it but the values. */
  readonly #empty: Histogram;
  /** Of each bucket alone, not of those below; the last one has no bound. */
  readonly #counts: Float64Array;
  #sum = 0;
  #count = 0;

  constructor(options: PlainHistogramOptions) {
    const { name, help, buckets, registry } = options;
    super({ name, help, buckets: [...buckets], registers: [registry] });
    this.#options = options;
    this.#empty = new Histogram({ name, help, buckets: [...buckets], registers: [] });
    this.#counts = new Float64Array(buckets.length + 1);
  }

  /** A clock that was set back gives less than 0: that counts as 0. */
  record(value: number): void {
    const { buckets } = this.#options;
    let bucket = 0;
    while (bucket < buckets.length && value > (buckets[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (value > 0) this.#sum += value;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { name, buckets } = this.#options;
    const values: MetricValueWithName<string>[] = [];
    let below = 0;
    for (const [index, le] of [...buckets, '+Inf'].entries()) {
      below += this.#counts[index] ?? 0;
      values.push({ metricName: `${name}_bucket`, labels: { le }, value: below });
    }
    values.push({ metricName: `${name}_sum`, labels: {}, value: this.#sum });
    values.push({ metricName: `${name}_count`, labels: {}, value: this.#count });
    return { ...(await this.#empty.get()), values };
  }

  /** What the registry asks for when it writes text. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return this.get();
  }
}
