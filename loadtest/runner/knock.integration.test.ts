import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { knock } from './knock.js';

const listening = async (server: Server): Promise<string> => {
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `ws://127.0.0.1:${port}`;
};
const answering = (listener: RequestListener): Promise<string> => listening(createServer(listener));
const why = async (host: string): Promise<string> => {
  try {
    await knock(host);
    return 'let in';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

test('who is welcomed is let in', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, path: '/ws' });
  sockets.on('connection', (socket) => socket.send('{"type":"system.welcome"}'));
  expect(await why(await listening(server))).toBe('let in');
});

test('where nothing listens, it is said how to start it', async () => {
  const server = createServer();
  const host = await listening(server);
  server.close();
  expect(await why(host)).toBe(`HOST=${host}: nothing listens there: "make dev-up" starts the stack`);
});

test.each([
  [401, 'it lets nobody in without a token (401): users of the load test have none, ALLOW_ANONYMOUS=true lets them in'],
  [503, 'it answers 503'],
])('an answer of %i is put into words', async (code, words) => {
  const host = await answering((_request, response) => response.writeHead(code).end());
  expect(await why(host)).toBe(`HOST=${host}: ${words}`);
});

test('where TLS is wanted, the right HOST is named', async () => {
  const host = await answering((_request, response) => response.writeHead(308, { location: 'https://x/' }).end());
  expect(await why(host)).toBe(`HOST=${host}: it wants TLS: HOST=${host.replace('ws:', 'wss:')}`);
});

test('what closes, or hangs up, is said too', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.close(4503));
  const host = await listening(server);
  expect(await why(host)).toBe(`HOST=${host}: it closes with 4503`);
  const silent = await answering((request) => request.socket.destroy());
  expect(await why(silent)).toBe(`HOST=${silent}: what listens there takes no WebSocket: it hangs up`);
});
