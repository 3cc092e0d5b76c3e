import { connect } from 'node:net';

const ANSWER_MS = 1_000;

/**
 * Asks a Redis in its inline protocol: the conductor needs no client library for a few questions. Resolves with all
 * answers as they came, RESP and all. Rejects in words that say why there is none.
 */
export const askInline = (port: number, commands: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(why));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_MS, () => fail('no answer'));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail(text.trim() === '' ? 'closed' : text.trim()));
    socket.on('connect', () => socket.write([...commands, 'PING', ''].join('\r\n')));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.startsWith('-')) fail(text.trim());
      if (!text.includes('+PONG')) return;
      resolve(text);
      socket.destroy();
    });
  });
