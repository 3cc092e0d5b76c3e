import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { knock } from '../../testing/knock.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let worker: TestWorker;
const start = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), settings);
};
afterEach(() => worker.app.stop());

describe('/ws/echo', () => {
  it('is not there, unless a setting turns it on', async () => {
    await start({});
    expect((await knock(`${worker.ws}/ws/echo`)).status).toBe(400);
  });

  it.each([
    ['a text', 'ünïcode', false],
    ['nothing', '', false],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0]), true],
    ['16 MiB', Buffer.alloc(16 * 1024 * 1024, 1), true],
  ])('gives back %s as it was', async (_, message, isBinary) => {
    await start({ ECHO_ENDPOINT: 'true' });
    const socket = new WebSocket(`${worker.ws}/ws/echo`, { perMessageDeflate: false });
    await once(socket, 'open');
    socket.send(message);
    const [echoed, cameBinary] = (await once(socket, 'message')) as [Buffer, boolean];
    expect(cameBinary).toBe(isBinary);
    // Compared as a whole: 16 MiB byte by byte would take minutes.
    expect(echoed.equals(Buffer.from(message))).toBe(true);
    socket.terminate();
  });
});
