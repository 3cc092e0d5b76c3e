import { signalIfAlive } from '../../services/conductor/processes.js';
import type { Fault } from './fault.js';
import { pickWorker } from './kill-worker.js';

const FROZEN_MS = 5_000;

/** It holds its connections and answers nobody; when it goes on, it must not serve what it has missed as if nothing was. */
export const freezeWorker: Fault = {
  name: 'freeze-worker',
  does: `SIGSTOP a worker, SIGCONT after ${FROZEN_MS / 1_000} s`,
  touches: 'workers',
  healsWithin: 20,
  async strike({ stack, random, pause }) {
    const { name, pid } = pickWorker(await stack.workers(), random.next());
    process.kill(pid, 'SIGSTOP');
    try {
      await pause(FROZEN_MS);
    } finally {
      signalIfAlive(pid, 'SIGCONT');
    }
    return `${name} (pid ${pid})`;
  },
};
