/** Times in ms, and what share of them was below which. */
export class Latencies {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
  }

  addAll(other: Latencies): void {
    for (const value of other.#values) this.#values.push(value);
  }

  get count(): number {
    return this.#values.length;
  }

  /** NaN where there is none. */
  percentile(share: number): number {
    const sorted = Float64Array.from(this.#values).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }
}
