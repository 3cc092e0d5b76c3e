import { isAlive, processesOf, signalIfAlive } from '../../processes.js';
import { holdsWithin } from '../../waiting.js';

/** Ends what still lives of a stack: it is asked, and killed after `patienceMs`. Returns the pids. */
export const endProcessesOf = async (runDir: string, patienceMs: number): Promise<readonly number[]> => {
  const pids = processesOf(runDir);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const left = pids.filter((pid) => isAlive(pid) && processesOf(runDir).includes(pid));
    if (left.length === 0) break;
    for (const pid of left) signalIfAlive(pid, signal);
    await holdsWithin(patienceMs, () => !processesOf(runDir).some((pid) => left.includes(pid)));
  }
  return pids;
};
