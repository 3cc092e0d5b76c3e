import { monitorEventLoopDelay } from 'node:perf_hooks';

const NS_PER_MS = 1_000_000;
const RESOLUTION_MS = 5;

export type Load = Readonly<{ cpuShare: number; loopP99Ms: number; loopMaxMs: number }>;

/** How busy this process is, so that a reader can tell whether it measures the cluster or itself. */
export class OwnLoad {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #cpu = process.cpuUsage();
  readonly #startedAt = performance.now();

  constructor() {
    this.#loop.enable();
  }

  /** Ends the measuring. */
  end(): Load {
    this.#loop.disable();
    const { user, system } = process.cpuUsage(this.#cpu);
    const late = (ns: number): number => Math.max(0, Math.round(ns / NS_PER_MS) - RESOLUTION_MS);
    return {
      cpuShare: Math.round((user + system) / 10 / (performance.now() - this.#startedAt)) / 100,
      loopP99Ms: late(this.#loop.percentile(99)),
      loopMaxMs: late(this.#loop.max),
    };
  }
}
