import type { ClusterSamples, Sample } from '../cluster-samples.js';
import type { MemoryStore } from './store.js';

/** Samples in memory. `reach` throws when the store is out of this worker's reach. */
export class MemorySamples implements ClusterSamples {
  readonly #reach: () => Promise<MemoryStore>;

  constructor(reach: () => Promise<MemoryStore>) {
    this.#reach = reach;
  }

  async add(values: Sample['values'], { minGapMs, keep }: Readonly<{ minGapMs: number; keep: number }>) {
    const store = await this.#reach();
    const timeMs = store.now();
    const newest = store.samples.at(-1);
    if (newest !== undefined && timeMs - newest.timeMs < Math.max(1, minGapMs)) return false;
    store.samples = [...store.samples, { timeMs, values }].slice(-keep);
    return true;
  }

  async all(): Promise<readonly Sample[]> {
    return (await this.#reach()).samples;
  }
}
