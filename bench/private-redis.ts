import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export type PrivateRedis = Readonly<{
  url: string;
  pid: number;
  /** Memory for what it keeps, by its own word. */
  usedBytes(): Promise<number>;
  stop(): Promise<void>;
}>;

const HOST = '127.0.0.1';
const LOOK_MS = 20;
/** What infra/local/redis.conf says of how it keeps things. */
const AS_A_STACKS = ['--hash-max-ziplist-entries', '128'];

/** A Redis of its own, which keeps nothing. Resolves when it answers. @throws Error when there is no redis-server */
export const startPrivateRedis = async (): Promise<PrivateRedis> => {
  const port = await freePort();
  const words = ['--port', `${port}`, '--bind', HOST, '--save', '', '--appendonly', 'no', ...AS_A_STACKS];
  const child = spawn('redis-server', words, { stdio: 'ignore' });
  await once(child, 'spawn');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    await sleep(LOOK_MS);
  }
  return {
    url: `redis://${HOST}:${port}`,
    pid: child.pid ?? 0,
    usedBytes: () => usedBytes(port),
    stop: async () => {
      const gone = once(child, 'exit');
      if (child.kill()) await gone;
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, HOST);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

const usedBytes = async (port: number): Promise<number> => {
  const socket = createConnection(port, HOST);
  socket.write('INFO memory\r\nQUIT\r\n');
  const [, bytes = 'NaN'] = /^used_memory:(\d+)/m.exec(await text(socket)) ?? [];
  return Number(bytes);
};
