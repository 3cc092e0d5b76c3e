import { describeBroker } from '../testing/contract.js';
import { createMemoryCluster } from './memory-cluster.js';

describeBroker(async (limits) => {
  let nowMs = Date.now();
  const cluster = createMemoryCluster({ limits, now: () => nowMs });
  return {
    broker: (workerId) => cluster.broker(workerId),
    restart: async ({ keep }) => cluster.restart({ keep }),
    down: async () => cluster.disconnect(),
    up: async () => cluster.reconnect(),
    breakSubscriptions: async () => {
      for (const workerId of ['w1', 'w2']) cluster.breakSubscription(workerId);
      for (const workerId of ['w1', 'w2']) cluster.restoreSubscription(workerId);
    },
    pass: async (ms) => {
      nowMs += ms;
    },
    close: async () => undefined,
  };
});
