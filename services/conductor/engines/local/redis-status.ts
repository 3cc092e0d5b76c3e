import { messageOf } from '../../failure.js';
import type { BrokerStatus } from '../engine.js';
import { askInline } from './redis-inline.js';

/** Asks a Redis how it is. */
export const askRedis = async (port: number): Promise<BrokerStatus> => {
  try {
    return statusIn(await askInline(port, ['INFO']));
  } catch (error) {
    return { state: 'down', why: messageOf(error) };
  }
};

/** In what it answers to INFO; whoever asked is none of its clients. */
export const statusIn = (info: string): BrokerStatus => {
  const field = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  const clients = Number(field('connected_clients')) - 1;
  return { state: 'up', version: field('redis_version'), memory: field('used_memory_human'), clients };
};
