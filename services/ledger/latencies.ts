const BUCKETS_PER_MS = 10;
const LONGEST_MS = 60_000;

/** Milliseconds; zero where there was nothing to measure. Percentiles are exact to a tenth. */
export type Times = Readonly<{ count: number; p50: number; p99: number; max: number }>;

/** Many durations in little room: how many fell into each tenth of a millisecond. */
export class Latencies {
  readonly #buckets = new Uint32Array(LONGEST_MS * BUCKETS_PER_MS + 1);
  #count = 0;
  #max = 0;

  add(ms: number): void {
    const bucket = Math.min(Math.max(0, Math.floor(ms * BUCKETS_PER_MS)), LONGEST_MS * BUCKETS_PER_MS);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#max) this.#max = ms;
  }

  times(): Times {
    return { count: this.#count, p50: this.#percentile(0.5), p99: this.#percentile(0.99), max: round(this.#max) };
  }

  #percentile(share: number): number {
    if (this.#count === 0) return 0;
    const wanted = Math.ceil(this.#count * share);
    let passed = 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket += 1) {
      passed += this.#buckets[bucket] ?? 0;
      if (passed >= wanted) return Math.min(round((bucket + 1) / BUCKETS_PER_MS), round(this.#max));
    }
    return round(this.#max);
  }
}

const round = (ms: number): number => Math.round(ms * BUCKETS_PER_MS) / BUCKETS_PER_MS;
