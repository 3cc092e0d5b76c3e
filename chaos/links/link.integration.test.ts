import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Link } from './link.js';

let echo: Server;
let link: Link;

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  link = await Link.open(0, portOf(echo));
});
afterEach(async () => {
  await link.close();
  echo.close();
});

const connect = async (): Promise<Socket> => {
  const socket = createConnection(link.port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
};
const answer = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);

test('fair weather: everything arrives, and a closed end closes the other', async () => {
  const socket = await connect();
  socket.write('hello');
  expect(await answer(socket)).toBe('hello');
  socket.end();
  await once(socket, 'close');
  await expect.poll(() => link.size).toBe(0);
});

test('half open: nothing arrives, nothing is closed, and all of it arrives when the weather is fair again', async () => {
  const socket = await connect();
  socket.write('before');
  expect(await answer(socket)).toBe('before');
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  link.weather.now = { kind: 'half-open', silent: 'client' };
  socket.write('meanwhile');
  const other = await connect();
  other.write('a new connection');
  // Both answers are at the link, and go no further.
  await expect.poll(() => link.weather.held).toBe(2);
  expect([heard, socket.closed, other.bytesRead]).toEqual(['', false, 0]);
  link.weather.now = { kind: 'fair' };
  await expect.poll(() => heard).toBe('meanwhile');
  expect(await answer(other)).toBe('a new connection');
});

test('slow: bytes keep their order and take their time', async () => {
  const socket = await connect();
  link.weather.now = { kind: 'slow', latencyMs: 20, bytesPerSecond: 1_000_000 };
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  const began = performance.now();
  for (const piece of ['one ', 'two ', 'three']) socket.write(piece);
  await expect.poll(() => heard).toBe('one two three');
  expect(performance.now() - began).toBeGreaterThanOrEqual(19);
});

test('a cut resets what stands; new connections work', async () => {
  const socket = await connect();
  socket.write('hello');
  await answer(socket);
  link.cut();
  await expect.poll(() => socket.closed).toBe(true);
  expect(socket.errored).toMatchObject({ code: 'ECONNRESET' });
  const next = await connect();
  next.write('again');
  expect(await answer(next)).toBe('again');
});
