import type { Percentiles } from './buckets.js';
import { DeploysSeen, type DeploySeen } from './deploys-seen.js';
import { cpuOf, totalOf } from './parts.js';
import type { Sample } from './sample.js';
import { acceptedSince, latencySince, refusedSince, type Latencies, type Snapshot } from './snapshot.js';

export type Summary = Readonly<{
  seconds: number;
  connections: Readonly<{ least: number; most: number }>;
  messages: number;
  /** Accepted messages. */
  per_second: Readonly<{ average: number; most: number }>;
  latency_ms: Latencies;
  refused: Readonly<Record<string, number>>;
  error_lines: number;
  deploys: readonly DeploySeen[];
  cpu_percent: Readonly<{ average: number; most: number }>;
  memory_bytes: Readonly<{ most: number; last: number }>;
}>;

const NO_LATENCY: Readonly<Record<keyof Latencies, Percentiles | null>> = { publish_ack: null, delivery: null };

/** Adds up what a summary tells. */
export class Tally {
  readonly #deploys = new DeploysSeen();
  #begin: Sample | undefined;
  #last: Sample | undefined;
  /** The first and the last look that had metrics. */
  #metered: Readonly<{ first: Sample; last: Sample }> | undefined;
  #connections = { least: Infinity, most: 0 };
  #errorLines = 0;
  #cpuSeconds = 0;
  #most = { rate: 0, cpu: 0, memory: 0 };

  add(now: Sample, { connections, per_second: rates, cpu_percent: cpu, memory_bytes: memory, errors }: Snapshot): void {
    this.#begin ??= now;
    if (this.#last !== undefined) this.#cpuSeconds += totalOf(cpuOf(now.uses, this.#last.uses, 1)) / 100;
    this.#last = now;
    if (now.metrics !== undefined) this.#metered = { first: this.#metered?.first ?? now, last: now };
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
    const [begin, last, metered] = [this.#begin, this.#last, this.#metered];
    if (begin === undefined || last === undefined) return undefined;
    const seconds = (last.atMs - begin.atMs) / 1_000;
    const perSecond = (value: number): number => (seconds > 0 ? value / seconds : 0);
    const messages = metered === undefined ? 0 : acceptedSince(metered.last, metered.first);
    const memory = Array.from(last.uses.values(), ({ memoryBytes }) => memoryBytes);
    return {
      seconds,
      connections: this.#connections,
      messages,
      per_second: { average: perSecond(messages), most: Math.max(this.#most.rate, perSecond(messages)) },
      latency_ms: metered === undefined ? NO_LATENCY : latencySince(metered.last, metered.first),
      refused: metered === undefined ? {} : refusedSince(metered.last, metered.first),
      error_lines: this.#errorLines,
      deploys: this.#deploys.list(),
      cpu_percent: { average: perSecond(this.#cpuSeconds * 100), most: this.#most.cpu },
      memory_bytes: { most: this.#most.memory, last: memory.reduce((sum, bytes) => sum + bytes, 0) },
    };
  }
}
