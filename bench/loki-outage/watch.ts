import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { Latencies } from '../load/latencies.js';
import type { Load } from '../load/load.js';

/** A phase of a run. */
export type Phase = Readonly<{
  /** Of the calm seconds: in the others this process itself was late, and so was what it measured. */
  latencies: Latencies;
  seconds: number;
  calmSeconds: number;
  /** MB, a sample a second. */
  memory: readonly number[];
}>;

const SAMPLE_MS = 1_000;
/** Its own garbage is collected within that; more is another process of the machine. */
const CALM_MS = 15;

/** Looks once a second at what a load has measured, and at memory. */
export class Watch {
  readonly #load: Load;
  readonly #memory: () => number;
  readonly #pause: (ms: number) => Promise<void>;
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 });

  constructor(load: Load, memory: () => number, pause: (ms: number) => Promise<void>) {
    this.#load = load;
    this.#memory = memory;
    this.#pause = pause;
    this.#delay.enable();
  }

  async during(ms: number): Promise<Phase> {
    const latencies = new Latencies();
    const memory: number[] = [];
    let calmSeconds = 0;
    this.#next();
    const deadline = performance.now() + ms;
    while (performance.now() < deadline) {
      await this.#pause(SAMPLE_MS);
      const { measured, lateMs } = this.#next();
      memory.push(this.#memory());
      if (lateMs > CALM_MS) continue;
      latencies.addAll(measured);
      calmSeconds += 1;
    }
    return { latencies, seconds: memory.length, calmSeconds, memory };
  }

  #next(): Readonly<{ measured: Latencies; lateMs: number }> {
    const lateMs = this.#delay.max / 1e6;
    this.#delay.reset();
    return { measured: this.#load.measured(), lateMs };
  }
}
