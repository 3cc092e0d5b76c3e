import { connect } from 'node:net';

export type RedisStatus = Readonly<
  { state: 'up'; version: string; memory: string; clients: number } | { state: 'down'; why: string }
>;

const ANSWER_MS = 1_000;

/** Asks a Redis how it is, in its inline protocol: the conductor needs no client library for one question. */
export const askRedis = (port: number): Promise<RedisStatus> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    const end = (status: RedisStatus): void => {
      socket.destroy();
      resolve(status);
    };
    const field = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_MS, () => end({ state: 'down', why: 'no answer' }));
    socket.on('error', (error) => end({ state: 'down', why: error.message }));
    socket.on('close', () => end({ state: 'down', why: text.trim() === '' ? 'closed' : text.trim() }));
    socket.on('connect', () => socket.write('INFO\r\nPING\r\n'));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.startsWith('-')) end({ state: 'down', why: text.trim() });
      if (!text.includes('+PONG')) return;
      const clients = Number(field('connected_clients')) - 1;
      end({ state: 'up', version: field('redis_version'), memory: field('used_memory_human'), clients });
    });
  });
