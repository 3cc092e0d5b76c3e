import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab.js';

/** V8 collects what opening has left behind when nothing was allocated for a while: seen after 15 to 30 s. */
const REST_MS = 45_000;

/**
 * By how many bytes a worker has grown with each of `connections` that say nothing, heartbeats apart. It has come to rest before they
 * open, and again when it is measured: what its start has left is not taken for room that they need not take.
 */
export const bytesAtRest = async (lab: Lab, connections: number): Promise<number> => {
  const cluster = await lab.cluster('ours', 1);
  try {
    await sleep(REST_MS);
    const before = cluster.servers[0]?.memoryBytes ?? 0;
    await lab.client(cluster).connect(connections);
    await sleep(REST_MS);
    return ((cluster.servers[0]?.memoryBytes ?? 0) - before) / connections;
  } finally {
    await lab.clear();
  }
};
