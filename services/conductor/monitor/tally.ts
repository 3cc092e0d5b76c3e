import { DeploysSeen, type DeploySeen } from './deploys-seen.js';
import { Watch } from './growth.js';
import { cpuOf, totalOf } from './parts.js';
import type { Sample } from './sample.js';
import { acceptedOf, latencyOf, refusedIn, type Latencies, type Refused, type Snapshot } from './snapshot.js';

export type Summary = Readonly<{
  seconds: number;
  connections: Readonly<{ least: number; most: number }>;
  /** Accepted ones; null, here and below: nothing was known of it. */
  messages: number | null;
  /** Accepted messages. */
  per_second: Readonly<{ average: number; most: number }> | null;
  latency_ms: Latencies;
  refused: Refused | null;
  error_lines: number;
  deploys: readonly DeploySeen[];
  cpu_percent: Readonly<{ average: number; most: number }>;
  memory_bytes: Readonly<{ most: number; last: number }>;
}>;

/** Adds up what a summary tells. */
export class Tally {
  readonly #deploys = new DeploysSeen();
  #begin: Sample | undefined;
  #last: Sample | undefined;
  readonly #watch = new Watch();
  #connections = { least: Infinity, most: 0 };
  #errorLines = 0;
  #cpuSeconds = 0;
  #most = { rate: 0, cpu: 0, memory: 0 };

  add(now: Sample, { connections, per_second: rates, cpu_percent: cpu, memory_bytes: memory, errors }: Snapshot): void {
    this.#begin ??= now;
    if (this.#last !== undefined) this.#cpuSeconds += totalOf(cpuOf(now.uses, this.#last.uses, 1)) / 100;
    this.#last = now;
    this.#watch.add(now);
    this.#deploys.add(now);
    this.#errorLines += errors.length;
    const all = connections.blue + connections.green;
    const { least, most } = this.#connections;
    this.#connections = { least: Math.min(least, all), most: Math.max(most, all) };
    this.#most = {
      rate: Math.max(this.#most.rate, rates?.accepted ?? 0),
      cpu: Math.max(this.#most.cpu, cpu === null ? 0 : totalOf(cpu)),
      memory: Math.max(this.#most.memory, totalOf(memory)),
    };
  }

  get errorLines(): number {
    return this.#errorLines;
  }

  /** Undefined: there was no look. */
  summary(): Summary | undefined {
    const [begin, last, growth] = [this.#begin, this.#last, this.#watch.growth()];
    if (begin === undefined || last === undefined) return undefined;
    const seconds = (last.atMs - begin.atMs) / 1_000;
    const perSecond = (value: number): number => (seconds > 0 ? value / seconds : 0);
    const messages = growth === undefined ? null : acceptedOf(growth);
    const memory = Array.from(last.uses.values(), ({ memoryBytes }) => memoryBytes);
    return {
      seconds,
      connections: this.#connections,
      messages,
      per_second:
        messages === null
          ? null
          : { average: perSecond(messages), most: Math.max(this.#most.rate, perSecond(messages)) },
      latency_ms: latencyOf(growth),
      refused: refusedIn(growth),
      error_lines: this.#errorLines,
      deploys: this.#deploys.list(),
      cpu_percent: { average: perSecond(this.#cpuSeconds * 100), most: this.#most.cpu },
      memory_bytes: { most: this.#most.memory, last: memory.reduce((sum, bytes) => sum + bytes, 0) },
    };
  }
}
