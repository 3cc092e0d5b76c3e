import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isErrno } from './failure.js';

/** The variable that marks every process of a stack with its run directory. */
export const RUN_DIR_MARK = 'SWITCHYARD_RUN_DIR';

export type ProcessUse = Readonly<{ cpuSeconds: number; memoryBytes: number }>;

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

const cwdOf = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};

/** A zombie has ended; only its parent has not looked yet. */
const isZombie = (pid: number): boolean => /^State:\s+Z/m.test(readProc(pid, 'status'));

const allPids = (): readonly number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
};

export const titleOf = (pid: number): string => readProc(pid, 'cmdline').replaceAll('\0', ' ').trim();

/**
 * The processes of a stack: those that carry its mark, and nginx and Redis by the directory they work in, because
 * both write their titles over their environment. This process is never among them.
 */
export const processesOf = (runDir: string): readonly number[] => {
  const mark = `${RUN_DIR_MARK}=${runDir}`;
  const isOurs = (pid: number): boolean =>
    isNginxOf(runDir, pid) || isRedisOf(runDir, pid) || readProc(pid, 'environ').split('\0').includes(mark);
  return allPids().filter((pid) => pid !== process.pid && isOurs(pid) && !isZombie(pid));
};

/** nginx workers of a stack that only finish what they carry, as the groups that one reload retired together. */
export const retiringGenerations = (runDir: string): readonly (readonly number[])[] => {
  const retiring = allPids().filter((pid) => isNginxOf(runDir, pid) && isRetiring(titleOf(pid)));
  return generationsOf(retiring, (pid) => Math.round(startTicks(pid) / (TICKS_PER_SECOND / 2)));
};

/** By the title of a process of nginx. */
export const isRetiring = (title: string): boolean => title.includes('worker process is shutting down');
export const takesConnections = (title: string): boolean => /^nginx: worker process$/.test(title);

/** Workers of one generation are born within the same tenth of a second; `bornAt` counts in steps of half a second or more. */
export const generationsOf = <T>(workers: readonly T[], bornAt: (worker: T) => number): readonly (readonly T[])[] => {
  const generations = new Map<number, T[]>();
  for (const worker of workers) {
    const born = bornAt(worker);
    const near = [born, born - 1, born + 1].find((key) => generations.has(key)) ?? born;
    generations.set(near, [...(generations.get(near) ?? []), worker]);
  }
  return [...generations.values()];
};

/** nginx workers of a stack that take new connections. */
export const frontWorkers = (runDir: string): readonly number[] =>
  allPids().filter((pid) => isNginxOf(runDir, pid) && takesConnections(titleOf(pid)));

const isNginxOf = (runDir: string, pid: number): boolean =>
  cwdOf(pid) === `${runDir}/nginx` && titleOf(pid).startsWith('nginx: ');

const isRedisOf = (runDir: string, pid: number): boolean =>
  cwdOf(pid) === `${runDir}/redis` && titleOf(pid).includes('redis-server');

/** Signals a process that may just have ended by itself. */
export const signalIfAlive = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
};

/** Fields of /proc/<pid>/stat from the third on: the second, the name, may hold blanks and brackets. */
const statOf = (pid: number): readonly string[] => readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];

const startTicks = (pid: number): number => Number(statOf(pid)[19] ?? 0);

/** The parent of every process. */
export const parentsOf = (): ReadonlyMap<number, number> =>
  new Map(allPids().map((pid) => [pid, Number(statOf(pid)[1] ?? 0)]));

/** Each process of `roots` and everything below it, with the root that it is below. */
export const withDescendants = (roots: readonly number[]): ReadonlyMap<number, number> => {
  const found = new Map(roots.map((pid) => [pid, pid]));
  const parents = parentsOf();
  for (const pid of parents.keys()) {
    const root = rootOf(pid, found, parents);
    if (root !== undefined) found.set(pid, root);
  }
  return found;
};

const rootOf = (
  pid: number,
  roots: ReadonlyMap<number, number>,
  parents: ReadonlyMap<number, number>,
): number | undefined => {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
    const root = roots.get(at);
    if (root !== undefined) return root;
  }
  return undefined;
};

export const useOf = (pid: number): ProcessUse => {
  const stat = statOf(pid);
  return {
    cpuSeconds: (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / TICKS_PER_SECOND,
    memoryBytes: Number(stat[21] ?? 0) * PAGE_BYTES,
  };
};

/** Files that a process may open as it runs; undefined where that can't be seen. */
export const filesOf = (pid: number): number | undefined => {
  const soft = /^Max open files\s+(\d+)/m.exec(readProc(pid, 'limits'))?.[1];
  return soft === undefined ? undefined : Number(soft);
};

/** The most files that a process may open here, as the kernel allows without new privileges. */
export const fileLimit = (): number => fileLimitIn(readProc(process.pid, 'limits')) ?? 10_240;

/** The same of the process whose `/proc/PID/limits` this is. */
export const fileLimitIn = (limits: string): number | undefined => {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? undefined : Number(hard);
};
