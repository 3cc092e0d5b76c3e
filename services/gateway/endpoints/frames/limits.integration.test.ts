import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let worker: TestWorker;
const start = (settings: Record<string, string>) => async () => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), settings);
};
afterEach(async () => {
  await worker.app.stop();
});

const isAlive = async (): Promise<void> => {
  const client = await TestClient.connect(`${worker.ws}/ws`);
  await client.publish('alive', 1);
  await client.close();
};

describe('what is not allowed', () => {
  beforeEach(start({}));

  it('[frame-1] [close-1003] a binary frame', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await client.next('system.welcome');
    client.socket.send(Buffer.from([1, 2, 3]));
    expect((await client.closed).code).toBe(1003);
    await isAlive();
  });

  it('[frame-1] [close-1009] a frame over 64 KiB; one of exactly 64 KiB is fine', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    const frame = (bytes: number): string => {
      const head = '{"type":"publish","channel":"room","id":"big","data":"';
      return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
    };
    client.send(frame(64 * 1024));
    await client.next('ack');
    client.send(frame(64 * 1024 + 1));
    expect((await client.closed).code).toBe(1009);
  });

  it('[close-1006] broken UTF-8 ends the connection without a code', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    client.socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
    expect((await client.closed).code).toBe(1006);
    await isAlive();
  });

  it('[close-1006] a frame over the limit of uWebSockets.js ends the connection without a code', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    client.send('x'.repeat(1024 * 1024));
    expect((await client.closed).code).toBe(1006);
    await isAlive();
  });

  it.each([
    ['not JSON', '{"type":', 'invalid_json'],
    ['no object', '[1,2]', 'invalid_frame'],
    ['an unknown type', '{"type":"dance","id":"7"}', 'unknown_type'],
    ['a channel of the wrong form', '{"type":"subscribe","channel":"a b","id":"7"}', 'invalid_channel'],
    ['a channel of the wrong type', '{"type":"publish","channel":7,"data":1,"id":"7"}', 'invalid_frame'],
    ['an id of the wrong type', '{"type":"subscribe","channel":"a","id":7}', 'invalid_frame'],
    ['publish without data', '{"type":"publish","channel":"a","id":"7"}', 'invalid_frame'],
    [
      'deep JSON',
      `{"type":"publish","channel":"a","data":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      'invalid_frame',
    ],
  ])('[error-1] %s is answered with an error and has no effect', async (_, text, code) => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    client.send(text);
    expect(await client.next('error')).toMatchObject({ code });
    await client.publish('room', 1);
  });

  it('[error-2] [close-1008] ten errors in a row', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    for (let n = 0; n < 9; n += 1) client.send('nonsense');
    await client.settle();
    for (let n = 0; n < 9; n += 1) client.send('nonsense');
    await client.settle();
    for (let n = 0; n < 10; n += 1) client.send('nonsense');
    expect((await client.closed).code).toBe(1008);
    expect(client.all('error')).toHaveLength(28);
    expect(client.frames.at(-1)?.type).toBe('system.bye');
  });
});

describe('errors in a row', () => {
  beforeEach(start({ MAX_CLIENT_ERRORS: '3' }));

  it.each([['unsubscribe from what is not subscribed', { type: 'unsubscribe', channel: 'nowhere' }]])(
    '[error-2] [close-1008] count well-formed frames that are refused: %s',
    async (_, frame) => {
      const client = await TestClient.connect(`${worker.ws}/ws`);
      for (let n = 0; n < 3; n += 1) client.send(frame);
      expect((await client.closed).code).toBe(1008);
    },
  );
});

describe('clients that are gone', () => {
  beforeEach(start({ WEBSOCKET_HEARTBEAT_INTERVAL: '0.2', HEARTBEAT_TIMEOUT: '0.5' }));

  it('[alive-1] beats to every connection, with the number of connections in the cluster', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws/chat/`);
    const other = await TestClient.connect(`${worker.ws}/ws`);
    for (const connection of [client, other]) {
      const beat = await connection.next('system.heartbeat', ({ active_connections: open }) => open === 2);
      expect(new Date(beat.time).getTime()).toBeGreaterThan(0);
    }
  });

  it('[alive-1] [close-4408] a client that answers no ping is closed; one that only pongs lives', async () => {
    const silent = await TestClient.connect(`${worker.ws}/ws`, { autoPong: false });
    const ponging = await TestClient.connect(`${worker.ws}/ws`);
    expect((await silent.closed).code).toBe(4408);
    await ponging.settle();
  });

  it('a handshake that never ends holds nobody up', async () => {
    const half = connect(worker.port, '127.0.0.1');
    half.write('GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n');
    const other = await TestClient.connect(`${worker.ws}/ws`);
    expect(await other.publish('alive', 1)).toMatchObject({ message_count: 1 });
    half.destroy();
  });
});

describe('clients that are slow', () => {
  beforeEach(start({ SLOW_CONSUMER_BYTES: '65536' }));

  it.each([
    ['/ws', 'room'],
    ['/ws/chat/', 'chat'],
  ])(
    '[silent-1] [order-1] on %s a reader that stops is brought forward when it reads again',
    async (path, channel) => {
      const reader = await TestClient.connect(`${worker.ws}${path}`);
      const writer = await TestClient.connect(`${worker.ws}/ws`);
      await (channel === 'chat' ? reader.next('subscribed') : reader.subscribe(channel));
      reader.socket.pause();
      const line = 'x'.repeat(30_000);
      // Well over what the kernel takes, well under what the log keeps.
      for (let n = 1; n <= 400; n += 1) await writer.publish(channel, `${n} ${line}`);
      reader.socket.resume();
      const last = await Promise.race([reader.next('message', ({ offset }) => offset === 400), reader.closed]);
      const seen = reader.all('message').map(({ offset }) => offset);
      expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
      expect(last).toMatchObject({ offset: 400 });
    },
    30_000,
  );

  it('[order-3] [close-4413] a reader that is too far behind for the log is told; others notice nothing', async () => {
    const reader = await TestClient.connect(`${worker.ws}/ws`);
    const other = await TestClient.connect(`${worker.ws}/ws`);
    const writer = await TestClient.connect(`${worker.ws}/ws`);
    await Promise.all([reader.subscribe('room'), other.subscribe('room')]);
    reader.socket.pause();
    const line = 'x'.repeat(30_000);
    for (let n = 1; n <= 1_000; n += 1) await writer.publish('room', line);
    reader.socket.resume();
    expect((await reader.closed).code).toBe(4413);
    await other.next('message', ({ offset }) => offset === 1_000);
    expect(other.all('message')).toHaveLength(1_000);
  }, 30_000);

  it('[close-4413] a client that asks and never reads is closed, with bounded memory', async () => {
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await client.publish('room', 'x'.repeat(60_000));
    for (let n = 0; n < 10; n += 1) await client.publish('room', 'x'.repeat(60_000));
    client.socket.pause();
    for (let n = 0; n < 200; n += 1) client.send({ type: 'history', channel: 'room' });
    await expect.poll(() => worker.app.connections.size, { timeout: 10_000 }).toBe(0);
    client.socket.terminate();
    await isAlive();
  });
});
