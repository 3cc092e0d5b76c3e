import { describe } from 'vitest';
import { describeCluster } from './contract-cluster.js';
import { describeFaults } from './contract-faults.js';
import { describeLog } from './contract-log.js';
import { describeSessions } from './contract-sessions.js';
import type { OpenWorld } from './world.js';

/** What every broker keeps: each sentence of the ports, checked on a world that `open` makes anew for each test. */
export const describeBroker = (open: OpenWorld): void => {
  describe('broker', () => {
    describeLog(open);
    describeFaults(open);
    describeSessions(open);
    describeCluster(open);
  });
};
