import { cutClients, halfOpenClients, slowClients } from './client-links.js';
import { cutLog } from './cut-log.js';
import { promote, rollback } from './deploys.js';
import type { Fault } from './fault.js';
import { freezeWorker } from './freeze-worker.js';
import { killWorker } from './kill-worker.js';
import { killNginx, reloadNginx } from './nginx.js';
import { killPubsub, overflowPubsub } from './pubsub.js';
import { cutRedisLink, halfOpenRedis, slowRedis } from './redis-links.js';
import { flushScripts, freezeRedis, killRedis, restartRedis } from './redis.js';

/** Every kind of fault. A new one is a line here, and each run does it. */
export const FAULTS = [
  killWorker,
  freezeWorker,
  restartRedis,
  killRedis,
  freezeRedis,
  flushScripts,
  cutLog,
  killPubsub,
  overflowPubsub,
  reloadNginx,
  killNginx,
  promote,
  rollback,
  halfOpenClients,
  slowClients,
  cutClients,
  halfOpenRedis,
  slowRedis,
  cutRedisLink,
] as const satisfies readonly Fault[];
