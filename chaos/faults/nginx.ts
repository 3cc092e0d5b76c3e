import { holdsWithin } from '../../services/conductor/waiting.js';
import type { Fault } from './fault.js';
import { repeatedly } from './lasting.js';

const RELOADS = 10;
const BETWEEN_MS = 150;
const BACK_WITHIN_MS = 15_000;

/** Connections stay with the old nginx workers, which live as long as they carry one. */
export const reloadNginx: Fault = {
  name: 'nginx-reload',
  does: `nginx reloads ${RELOADS} times, every ${BETWEEN_MS} ms`,
  touches: 'nginx',
  healsWithin: 15,
  async strike(scene) {
    const pid = await scene.stack.pidOf('nginx');
    await repeatedly(scene, { times: RELOADS, everyMs: BETWEEN_MS }, () => process.kill(pid, 'SIGHUP'));
    return `pid ${pid}`;
  },
};

/** Its workers are left with the port and their connections; the guard sends them away, and nginx comes back. */
export const killNginx: Fault = {
  name: 'nginx-kill',
  does: 'kill -9 the master of nginx; supervisord starts it again',
  touches: 'nginx',
  healsWithin: 20,
  async strike({ stack }) {
    const pid = await stack.pidOf('nginx');
    process.kill(pid, 'SIGKILL');
    const back = await holdsWithin(BACK_WITHIN_MS, async () => {
      if ((await stack.pidOf('nginx')) === pid) return false;
      const answer = await fetch(`${stack.url}/healthz/`, { headers: { connection: 'close' } }).catch(() => undefined);
      return answer?.ok === true;
    });
    if (!back) throw new Error(`nginx did not come back within ${BACK_WITHIN_MS / 1_000} s`);
    return `pid ${pid}`;
  },
};
