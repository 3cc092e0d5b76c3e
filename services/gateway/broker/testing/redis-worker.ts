import { onTestFinished } from 'vitest';
import type { BrokerLimits } from '../broker.js';
import { DEFAULT_LIMITS } from '../broker.js';
import { createRedisBroker } from '../redis/redis-broker.js';
import { startRedis } from './redis-server.js';
import type { RedisServer, RedisServerOptions } from './redis-server.js';
import { startProxy } from './tcp-proxy.js';
import type { TcpProxy } from './tcp-proxy.js';
import { Ear } from './world.js';
import type { Worker } from './world.js';

/** Each of these ends with the test that asked for it. */
export const redisFor = async (options: RedisServerOptions = {}): Promise<RedisServer> => {
  const redis = await startRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
};

export const proxyFor = async (redis: RedisServer): Promise<TcpProxy> => {
  const proxy = await startProxy(redis.port);
  onTestFinished(() => proxy.stop());
  return proxy;
};

/** A worker's broker on this Redis, or on what stands before it. */
export const workerOn = async (
  { port }: Readonly<{ port: number }>,
  limits: Partial<BrokerLimits> = {},
  workerId = 'w1',
): Promise<Worker> => {
  const url = `redis://127.0.0.1:${port}`;
  const broker = createRedisBroker({ url, workerId, limits: { ...DEFAULT_LIMITS, ...limits } });
  const ear = new Ear();
  onTestFinished(() => broker.stop());
  await broker.start(ear);
  return { broker, ear };
};
