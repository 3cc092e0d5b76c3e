import type { Fault } from './fault.js';
import { pickWorker } from './kill-worker.js';
import { frozen } from './lasting.js';

const FROZEN_MS = 5_000;

/** It holds its connections and answers nobody; when it goes on, it must not serve what it has missed as if nothing was. */
export const freezeWorker: Fault = {
  name: 'freeze-worker',
  does: `SIGSTOP a worker, SIGCONT after ${FROZEN_MS / 1_000} s`,
  touches: 'workers',
  healsWithin: 20,
  async strike(scene) {
    const { stack, random } = scene;
    const { name, pid } = pickWorker(await stack.workers(), random.next());
    await frozen(scene, pid, FROZEN_MS);
    return `${name} (pid ${pid})`;
  },
};
