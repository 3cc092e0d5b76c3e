import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

let worker: TestWorker;
beforeEach(async () => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), {
    WEBSOCKET_HEARTBEAT_INTERVAL: '0.1',
    HEARTBEAT_TIMEOUT: '2',
    IDLE_TIMEOUT: '0.1',
    IDLE_CHECK_INTERVAL: '0.1',
  });
});
afterEach(() => worker.app.stop());

/** A client that leaves it to the server to end the TCP connection, as RFC 6455 has it: it answers, and waits. */
const open = async (path: string): Promise<Socket> => {
  const socket = connect({ port: worker.port, host: '127.0.0.1', allowHalfOpen: true });
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('101');
  return socket;
};

/** The close code that came before the server ended the connection, and how long it took after that, ms. */
const ending = async (socket: Socket): Promise<Readonly<{ code: number; waitedMs: number }>> => {
  let [code, closedAt] = [0, 0];
  socket.on('data', (bytes: Buffer) => {
    const at = bytes.indexOf(0x88);
    if (at < 0 || code !== 0) return;
    [code, closedAt] = [bytes.readUInt16BE(at + 2), performance.now()];
    // The answer, masked with zeros.
    socket.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, code >> 8, code & 0xff]));
  });
  await once(socket, 'end');
  const waitedMs = performance.now() - closedAt;
  socket.destroy();
  return { code, waitedMs };
};

const PATHS = ['/ws', '/ws/chat', '/ws/ada', '/ws/metrics'];

describe('the end of a connection', () => {
  it.each(PATHS)('is the end of its TCP connection too, when it is moved [move-7]: %s', async (path) => {
    const socket = await open(path);
    const ended = ending(socket);
    await expect.poll(() => worker.app.connections.size).toBe(1);
    worker.app.draining.begin('deploy');
    const { code, waitedMs } = await ended;
    expect(code).toBe(1012);
    // Without an end of its own the server would be waited for, for seconds.
    expect(waitedMs).toBeLessThan(1_000);
  });

  it.each(PATHS)('… when the client shows no life [close-4408]: %s', async (path) => {
    const { code, waitedMs } = await ending(await open(path));
    expect(code).toBe(4408);
    expect(waitedMs).toBeLessThan(1_000);
  });

  it('… when the client sent what it may not [close-1003]', async () => {
    const socket = await open('/ws');
    const ended = ending(socket);
    socket.write(Buffer.from([0x82, 0x81, 0, 0, 0, 0, 1]));
    const { code, waitedMs } = await ended;
    expect(code).toBe(1003);
    expect(waitedMs).toBeLessThan(1_000);
  });

  it('… when the worker stops and can wait no longer [close-1012]', async () => {
    const socket = await open('/ws/metrics');
    const ended = ending(socket);
    await expect.poll(() => worker.app.connections.size).toBe(1);
    for (const connection of worker.app.connections.all()) connection.cutShort();
    const { code, waitedMs } = await ended;
    expect(code).toBe(1012);
    expect(waitedMs).toBeLessThan(1_000);
  });
});
