import { messageOf } from '../../failure.js';
import { askInline } from './redis-inline.js';

export type RedisStatus = Readonly<
  { state: 'up'; version: string; memory: string; clients: number } | { state: 'down'; why: string }
>;

/** Asks a Redis how it is. */
export const askRedis = async (port: number): Promise<RedisStatus> => {
  try {
    const text = await askInline(port, ['INFO']);
    const field = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
    const clients = Number(field('connected_clients')) - 1;
    return { state: 'up', version: field('redis_version'), memory: field('used_memory_human'), clients };
  } catch (error) {
    return { state: 'down', why: messageOf(error) };
  }
};
