import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { z } from 'zod';
import { useOf } from '../../services/conductor/processes.js';

export const Machine = z.object({
  processor: z.string(),
  cores: z.number(),
  node: z.string(),
  kernel: z.string(),
  revision: z.string(),
  date: z.string(),
  load: z.number(),
});
export type Machine = Readonly<z.infer<typeof Machine>>;

/** Where this was measured, and of what; `revision` is empty where there is no git. */
export const machine = (root: string): Machine => ({
  processor: cpus()[0]?.model.trim() ?? '',
  cores: cpus().length,
  node: process.version,
  kernel: release(),
  revision: revisionOf(root),
  date: new Date().toISOString(),
  load: loadavg()[0] ?? 0,
});

const revisionOf = (root: string): string => {
  try {
    return execFileSync('git', ['-C', root, 'describe', '--always', '--dirty'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    }).trim();
  } catch {
    return '';
  }
};

const TICKS_PER_SECOND = 100;

/** CPU seconds that the whole machine spent since it started, in whatever but waiting. */
export const busySeconds = (stat = readFileSync('/proc/stat', 'utf8')): number => {
  // user nice system idle iowait irq softirq steal; what guests took is in the first two.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
};

/** CPU seconds of some processes, one by one. */
export const cpuSecondsOf = (pids: readonly number[]): readonly number[] => pids.map((pid) => useOf(pid).cpuSeconds);

/** What the kernel has allocated for its own objects, sockets among them. */
export const kernelBytes = (text = readFileSync('/proc/meminfo', 'utf8')): number =>
  Number(/^Slab:\s+(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) * 1_024;
