import type { Fault } from './fault.js';

/** Its clients get no close frame and recover on the others; supervisord starts it again. */
export const killWorker: Fault = {
  name: 'kill-worker',
  does: 'kill -9 a worker of the active color',
  touches: 'workers',
  healsWithin: 20,
  async strike({ stack, random }) {
    const { name, pid } = pickWorker(await stack.workers(), random.next());
    process.kill(pid, 'SIGKILL');
    return `${name} (pid ${pid})`;
  },
};

/** @param choice 0 to 1. @throws Error when no worker runs */
export const pickWorker = <T>(workers: readonly T[], choice: number): T => {
  const worker = workers[Math.floor(choice * workers.length)];
  if (worker === undefined) throw new Error('no worker of the active color runs');
  return worker;
};
