import type { Fault } from './fault.js';
import { pickWorker } from './kill-worker.js';

/** Longer than the worker takes to notice (2 s of silence), shorter than a publish waits for Redis (5 s). */
const HALF_OPEN_MS = 4_000;
const SLOW_MS = 4_000;

/** One worker of the cluster: what it sent may have been done, and nobody tells it. */
export const halfOpenRedis: Fault = {
  name: 'redis-link-half-open',
  does: `one worker's connections to Redis pass nothing for ${HALF_OPEN_MS / 1_000} s`,
  touches: 'redis-links',
  healsWithin: 15,
  async strike({ stack, random, pause }) {
    const { name } = pickWorker(await stack.workers(), random.next());
    const silent = random.pick(['client', 'server', 'both']);
    const { weather } = stack.redisLinkOf(name);
    weather.now = { kind: 'half-open', silent };
    try {
      await pause(HALF_OPEN_MS);
    } finally {
      weather.now = { kind: 'fair' };
    }
    return `${name}, ${silent === 'both' ? 'both ways' : `towards ${silent === 'client' ? 'the worker' : 'Redis'}`}`;
  },
};

export const slowRedis: Fault = {
  name: 'redis-link-slow',
  does: `one worker's connections to Redis are slow for ${SLOW_MS / 1_000} s`,
  touches: 'redis-links',
  healsWithin: 15,
  async strike({ stack, random, pause }) {
    const { name } = pickWorker(await stack.workers(), random.next());
    const latencyMs = random.between(30, 300);
    const { weather } = stack.redisLinkOf(name);
    weather.now = { kind: 'slow', latencyMs, bytesPerSecond: random.between(50_000, 500_000) };
    try {
      await pause(SLOW_MS);
    } finally {
      weather.now = { kind: 'fair' };
    }
    return `${name}, ${latencyMs} ms`;
  },
};

export const cutRedisLink: Fault = {
  name: 'redis-link-cut',
  does: "one worker's connections to Redis are reset, three times",
  touches: 'redis-links',
  healsWithin: 15,
  async strike({ stack, random, pause }) {
    const { name } = pickWorker(await stack.workers(), random.next());
    for (let round = 0; round < 3; round += 1) {
      stack.redisLinkOf(name).cut();
      await pause(150);
    }
    return name;
  },
};
