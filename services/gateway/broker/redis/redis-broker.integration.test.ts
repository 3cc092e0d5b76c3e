import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '../broker.js';
import { describeBroker } from '../testing/contract.js';
import { startRedis } from '../testing/redis-server.js';
import { createRedisBroker } from './redis-broker.js';

describeBroker(async (limits) => {
  const redis = await startRedis();
  return {
    broker: (workerId) => createRedisBroker({ url: redis.url, workerId, limits: { ...DEFAULT_LIMITS, ...limits } }),
    restart: ({ keep }) => redis.restart({ keep }),
    down: () => redis.kill(),
    up: () => redis.revive(),
    breakSubscriptions: async () => {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    // A timer may be a millisecond early.
    pass: (ms) => delay(ms + 1),
    close: () => redis.stop(),
  };
});
