import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { constants, createDeflateRaw } from 'node:zlib';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { TestClient } from '../testing/client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const MB = 1024 * 1024;
let worker: TestWorker;
const start = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), settings);
};
afterEach(() => worker.app.stop());

/** A socket that speaks permessage-deflate by hand, behind its handshake. */
const openRaw = async (): Promise<Socket> => {
  const socket = connect(worker.port, '127.0.0.1');
  socket.on('error', () => undefined);
  const lines = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  lines.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Extensions: permessage-deflate');
  socket.write(`GET /ws HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString('latin1')).toContain('permessage-deflate');
  return socket;
};
/** One compressed text message, masked with zeros, of so many parts; never whole in memory before. */
const compressed = async (part: Buffer, parts = 1): Promise<Buffer> => {
  const deflate = createDeflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  const whole = Readable.from(Array.from({ length: parts }, () => part)).pipe(deflate);
  const payload = (await buffer(whole)).subarray(0, -4);
  const head = Buffer.alloc(14);
  head.set([0xc1, 0x80 | 127]);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
};
const isClosed = (socket: Socket): Promise<unknown> => Promise.race([once(socket, 'close'), once(socket, 'end')]);

describe('compression', () => {
  it('is off by default: who asks for it does not get it', async () => {
    await start({});
    const client = new WebSocket(`${worker.ws}/ws`, { perMessageDeflate: true });
    await once(client, 'open');
    expect(client.extensions).toBe('');
    client.terminate();
  });

  it('serves who asks for it, and who does not, where it is on', async () => {
    await start({ COMPRESSION: 'true' });
    const asking = new WebSocket(`${worker.ws}/ws`, { perMessageDeflate: { threshold: 0 } });
    await once(asking, 'open');
    expect(asking.extensions).toContain('permessage-deflate');
    const plain = await TestClient.connect(`${worker.ws}/ws`);
    await plain.subscribe('room');
    const line = 'x'.repeat(60_000);
    asking.send(JSON.stringify({ type: 'publish', channel: 'room', data: line, id: 'p' }));
    expect((await plain.next('message')).data).toBe(line);
    asking.terminate();
  });

  it('makes what a worker sends smaller', async () => {
    await start({ COMPRESSION: 'true' });
    const socket = await openRaw();
    let bytes = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        // Welcome, subscribed, ack and message, each compressed.
        if (bytes > 300) resolve();
      });
    });
    socket.write(await compressed(Buffer.from('{"type":"subscribe","channel":"room"}')));
    socket.write(
      await compressed(Buffer.from(`{"type":"publish","channel":"room","id":"p","data":"${'x'.repeat(60_000)}"}`)),
    );
    await all;
    const writer = await TestClient.connect(`${worker.ws}/ws`);
    expect(await writer.publish('room', 1)).toMatchObject({ offset: 2 });
    expect(bytes).toBeLessThan(5_000);
    socket.destroy();
  });

  it('[close-1009] counts what a message inflates to: one over 64 KiB is closed', async () => {
    await start({ COMPRESSION: 'true' });
    const client = new WebSocket(`${worker.ws}/ws`, { perMessageDeflate: { threshold: 0 } });
    await once(client, 'open');
    client.send(' '.repeat(64 * 1024 + 1));
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(1009);
  });

  it('[close-1006] is no way to send a bomb: it is cut off before memory is taken for it', async () => {
    await start({ COMPRESSION: 'true' });
    // 200 MB in 200 KB.
    const bomb = await compressed(Buffer.alloc(MB, 0x20), 200);
    const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;
    const before = peakBytes();
    for (let n = 0; n < 10; n += 1) {
      const socket = await openRaw();
      const closed = isClosed(socket);
      socket.write(bomb);
      await closed;
      socket.destroy();
    }
    expect(peakBytes() - before).toBeLessThan(100 * MB);
    const client = await TestClient.connect(`${worker.ws}/ws`);
    expect(await client.publish('alive', 1)).toMatchObject({ message_count: 1 });
  });
});
