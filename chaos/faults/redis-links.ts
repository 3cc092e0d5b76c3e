import type { Fault } from './fault.js';
import { pickWorker } from './kill-worker.js';
import { inWeather, repeatedly } from './lasting.js';

/** Longer than the worker takes to notice (2 s of silence), shorter than a publish waits for Redis (5 s). */
const HALF_OPEN_MS = 4_000;
const SLOW_MS = 4_000;

/** One worker of the cluster: what it sent may have been done, and nobody tells it. */
export const halfOpenRedis: Fault = {
  name: 'redis-link-half-open',
  does: `one worker's connections to Redis pass nothing for ${HALF_OPEN_MS / 1_000} s`,
  touches: 'redis-links',
  healsWithin: 15,
  async strike(scene) {
    const { stack, random } = scene;
    const { name } = pickWorker(await stack.workers(), random.next());
    const silent = random.pick(['client', 'server', 'both']);
    await inWeather(scene, stack.redisLinkOf(name), { kind: 'half-open', silent }, HALF_OPEN_MS);
    return `${name}, ${silent === 'both' ? 'both ways' : `towards ${silent === 'client' ? 'the worker' : 'Redis'}`}`;
  },
};

export const slowRedis: Fault = {
  name: 'redis-link-slow',
  does: `one worker's connections to Redis are slow for ${SLOW_MS / 1_000} s`,
  touches: 'redis-links',
  healsWithin: 15,
  async strike(scene) {
    const { stack, random } = scene;
    const { name } = pickWorker(await stack.workers(), random.next());
    const latencyMs = random.between(30, 300);
    const bytesPerSecond = random.between(50_000, 500_000);
    await inWeather(scene, stack.redisLinkOf(name), { kind: 'slow', latencyMs, bytesPerSecond }, SLOW_MS);
    return `${name}, ${latencyMs} ms`;
  },
};

export const cutRedisLink: Fault = {
  name: 'redis-link-cut',
  does: "one worker's connections to Redis are reset, three times",
  touches: 'redis-links',
  healsWithin: 15,
  async strike(scene) {
    const { name } = pickWorker(await scene.stack.workers(), scene.random.next());
    await repeatedly(scene, { times: 3, everyMs: 150 }, () => scene.stack.redisLinkOf(name).cut());
    return name;
  },
};
