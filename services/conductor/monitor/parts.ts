import { titleOf, useOf, type ProcessUse } from '../processes.js';
import type { Status } from '../verbs/status.js';

/** Parts of a stack whose use is told one by one: the workers by their color. */
export const PARTS = ['redis', 'nginx', 'blue', 'green', 'others'] as const;
export type Part = (typeof PARTS)[number];
/** `worker`: the pid by which a worker knows itself, where it is one. */
export type Uses = ReadonlyMap<number, ProcessUse & Readonly<{ part: Part; worker: number }>>;
export type ByPart = Readonly<Record<Part, number>>;

/** What each process of a stack has used so far; workers are among the others. `processes`: as a `Stack` has them. */
export const usesOf = (processes: ReadonlyMap<number, number>): Uses =>
  new Map(Array.from(processes, ([pid, worker]) => [pid, { part: partOf(titleOf(pid)), worker, ...useOf(pid) }]));

/** The same with the workers by their color, which is known by their own word: one that hangs was asked by its pid. */
export const byColor = (uses: Uses, status: Status | undefined): Uses => {
  const workers = new Map<number, Part>(
    status?.colors.flatMap(({ color, workers: all }) =>
      all.flatMap(({ pid }) => (pid === undefined ? [] : [[pid, color] as const])),
    ),
  );
  return new Map(Array.from(uses, ([pid, use]) => [pid, { ...use, part: workers.get(use.worker) ?? use.part }]));
};

const partOf = (title: string): Part => {
  if (title.startsWith('nginx: ')) return 'nginx';
  return /^\S*redis-server\b/.test(title) ? 'redis' : 'others';
};

const NONE: ByPart = { redis: 0, nginx: 0, blue: 0, green: 0, others: 0 };

export const memoryOf = (uses: Uses): ByPart => sumUp(uses, (_, { memoryBytes }) => memoryBytes);

/** Percent of one CPU between two looks. A process that began in between counts from its start; one that ended is not seen. */
export const cpuOf = (now: Uses, before: Uses, seconds: number): ByPart =>
  sumUp(now, (pid, { cpuSeconds }) => (100 * Math.max(0, cpuSeconds - (before.get(pid)?.cpuSeconds ?? 0))) / seconds);

const sumUp = (uses: Uses, of: (pid: number, use: ProcessUse) => number): ByPart => {
  const sums: Record<Part, number> = { ...NONE };
  for (const [pid, use] of uses) sums[use.part] += of(pid, use);
  return sums;
};

export const totalOf = (values: ByPart): number => PARTS.reduce((sum, part) => sum + values[part], 0);
