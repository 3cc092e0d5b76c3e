import { createConnection } from 'node:net';

const ANSWER_MS = 2_000;

/**
 * Sends one command to a Redis on this machine and resolves with the first words of its raw reply; a connection that
 * Redis closes without one (SHUTDOWN) resolves with an empty text. Rejects when nobody listens or no reply comes.
 */
export const redisCommand = (port: number, ...words: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(ANSWER_MS, () => end(() => reject(new Error(`Redis did not answer ${words.join(' ')}`))));
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('close', () => resolve(''));
    socket.on('data', (reply: Buffer) => {
      const text = reply.toString('utf8');
      if (text.startsWith('-')) end(() => reject(new Error(`Redis refused ${words.join(' ')}: ${text.trim()}`)));
      else end(() => resolve(text));
    });
    socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
  });
