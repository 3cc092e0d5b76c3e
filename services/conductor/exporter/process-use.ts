import { useOf, withDescendants } from '../processes.js';
import type { Sample } from './metrics.js';

/** CPU time and memory of parts, each with all processes that its own has started. */
export class ProcessUse {
  /** CPU seconds of each process when it was looked at last; those of a part do not fall when one of it ends. */
  #seen = new Map<number, number>();
  readonly #totals = new Map<string, number>();

  /** `parts`: the process of each part, by its name. */
  samples(parts: ReadonlyMap<string, number>): readonly Sample[] {
    const owners = new Map([...parts].map(([part, pid]) => [pid, part]));
    const seen = new Map<number, number>();
    const memory = new Map<string, number>();
    for (const [pid, root] of withDescendants([...owners.keys()])) {
      const part = owners.get(root);
      if (part === undefined) continue;
      const { cpuSeconds, memoryBytes } = useOf(pid);
      const before = this.#seen.get(pid) ?? 0;
      // A number that was given to another process since begins anew.
      const more = cpuSeconds < before ? cpuSeconds : cpuSeconds - before;
      seen.set(pid, cpuSeconds);
      memory.set(part, (memory.get(part) ?? 0) + memoryBytes);
      this.#totals.set(part, (this.#totals.get(part) ?? 0) + more);
    }
    this.#seen = seen;
    return [...memory].flatMap(([part, bytes]): readonly Sample[] => [
      { name: 'process_resident_memory_bytes', labels: { part }, value: bytes },
      { name: 'process_cpu_seconds_total', labels: { part }, value: this.#totals.get(part) ?? 0 },
    ]);
  }
}
