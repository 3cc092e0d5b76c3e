import { isAlive } from '../../services/conductor/processes.js';
import { holdsWithin } from '../../services/conductor/waiting.js';
import type { ChaosStack } from '../stack.js';
import type { Fault } from './fault.js';
import { frozen } from './lasting.js';

const ENDED_WITHIN_MS = 20_000;

export const restartRedis: Fault = {
  name: 'redis-restart',
  does: 'SHUTDOWN Redis; supervisord starts it again',
  touches: 'redis',
  healsWithin: 20,
  async strike({ stack }) {
    const pid = await stack.pidOf('redis');
    await stack.redis('SHUTDOWN');
    await ended(pid);
    await stack.redisServes();
    return `pid ${pid}`;
  },
};

/** What it wrote to its file is kept by the kernel; while a sync hangs it may write late, and then that is lost. */
export const killRedis: Fault = {
  name: 'redis-kill',
  does: 'kill -9 Redis; supervisord starts it again',
  touches: 'redis',
  healsWithin: 20,
  losesLog: true,
  async strike({ stack }) {
    const pid = await killed(stack);
    await stack.redisServes();
    return `pid ${pid}`;
  },
};

const FROZEN_MS = 3_000;

/** Longer than the worker's patience with a silent Redis (2 s): connections stand, and nothing is answered. */
export const freezeRedis: Fault = {
  name: 'redis-freeze',
  does: `SIGSTOP Redis, SIGCONT after ${FROZEN_MS / 1_000} s`,
  touches: 'redis',
  healsWithin: 20,
  async strike(scene) {
    const pid = await scene.stack.pidOf('redis');
    await frozen(scene, pid, FROZEN_MS);
    return `pid ${pid}`;
  },
};

export const flushScripts: Fault = {
  name: 'redis-forgets-scripts',
  does: 'SCRIPT FLUSH',
  touches: 'redis',
  healsWithin: 15,
  async strike({ stack }) {
    await stack.redis('SCRIPT', 'FLUSH');
    return '';
  },
};

const killed = async (stack: ChaosStack): Promise<number> => {
  const pid = await stack.pidOf('redis');
  process.kill(pid, 'SIGKILL');
  await ended(pid);
  return pid;
};

const ended = async (pid: number): Promise<void> => {
  if (!(await holdsWithin(ENDED_WITHIN_MS, () => !isAlive(pid)))) throw new Error(`Redis (pid ${pid}) did not end`);
};
