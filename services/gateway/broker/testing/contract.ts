import { describe } from 'vitest';
import { describeCluster } from './contract-cluster.js';
import { describeClients } from './contract-clients.js';
import { describeAbsence } from './contract-absence.js';
import { describeJournal } from './contract-journal.js';
import { describeLives } from './contract-lives.js';
import { describeLog } from './contract-log.js';
import { describeAllowances } from './contract-allowances.js';
import { describePresence } from './contract-presence.js';
import { describeQueue } from './contract-queue.js';
import { describeRead } from './contract-read.js';
import { describeRevocations } from './contract-revocations.js';
import { describeSamples } from './contract-samples.js';
import { describeSessions } from './contract-sessions.js';
import type { OpenWorld } from './world.js';

/** What every broker keeps: each sentence of the ports, checked on a world that `open` makes anew for each test. */
export const describeBroker = (open: OpenWorld): void => {
  describe('broker', () => {
    describeLog(open);
    describeQueue(open);
    describeRead(open);
    describeLives(open);
    describeAbsence(open);
    describeSessions(open);
    describeCluster(open);
    describeClients(open);
    describePresence(open);
    describeSamples(open);
    describeAllowances(open);
    describeRevocations(open);
    describeJournal(open);
  });
};
