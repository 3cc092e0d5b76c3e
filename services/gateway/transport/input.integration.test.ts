import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { TestClient } from '../testing/client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

let worker: TestWorker;
beforeEach(async () => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id));
});
afterEach(() => worker.app.stop());

const HANDSHAKE = [
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
const head = (path: string, lines: readonly string[] = HANDSHAKE): string =>
  `GET ${path} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

/** What came until the worker ended the connection, and how long after the beginning that was, s. */
const untilEnd = async (socket: Socket): Promise<Readonly<{ received: string; seconds: number }>> => {
  const beganAt = performance.now();
  let received = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  await once(socket, 'close');
  return { received, seconds: (performance.now() - beganAt) / 1000 };
};
const ask = async (text: string): Promise<string> => {
  const socket = connect(worker.port, '127.0.0.1');
  socket.write(text);
  return (await untilEnd(socket)).received;
};
/** Each piece leaves before the next one is written. The request line is one: uWebSockets.js answers half of it with 505. */
const askInPieces = async (text: string): Promise<string> => {
  const socket = connect({ port: worker.port, host: '127.0.0.1', noDelay: true });
  const ended = untilEnd(socket);
  await once(socket, 'connect');
  for (const piece of text.match(/^.*\r\n|[^]{1,1000}/g) ?? []) {
    if (socket.destroyed) break;
    await new Promise<void>((resolve) => {
      socket.write(piece, () => setImmediate(resolve));
    });
  }
  return (await ended).received;
};
/** Somebody else is served meanwhile. */
const isServing = async (): Promise<void> => {
  const client = await TestClient.connect(`${worker.ws}/ws`);
  expect(await client.publish('alive', 1)).toMatchObject({ message_count: 1 });
  await client.close();
};

describe('a request that reaches the worker itself', () => {
  const LONG = { fits: 'x'.repeat(15_000), over: 'x'.repeat(17_000) };

  it.each([
    ['headers, of a handshake', (long: string) => head('/ws?client_id=chat', [...HANDSHAKE, `X-Long: ${long}`]), 400],
    ['a query, of a handshake', (long: string) => head(`/ws?client_id=chat&long=${long}`), 400],
    ['a path, of a handshake', (long: string) => head(`/ws/${long}`), 400],
    ['headers', (long: string) => head('/ws-stats?limit=0', ['Host: x', 'Connection: close', `X-Long: ${long}`]), 400],
    ['a query', (long: string) => head(`/ws-stats?limit=0&long=${long}`, ['Host: x', 'Connection: close']), 400],
  ])('[handshake-1] with more than 16 KiB of %s is refused with 431, at once or in pieces', async (_, text, status) => {
    for (const send of [ask, askInPieces]) {
      expect(await send(text(LONG.fits))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(await send(text(LONG.over))).toMatch(/^HTTP\/1\.1 431 /);
    }
    await isServing();
  });

  it.each([
    ['of another version', HANDSHAKE.with(3, 'Sec-WebSocket-Version: 8'), 426],
    ['without Upgrade', HANDSHAKE.toSpliced(2, 1), 426],
    ['with a key that is none', HANDSHAKE.with(4, `Sec-WebSocket-Key: ${'!'.repeat(24)}`), 400],
  ])(
    '[handshake-1] and is a handshake %s is refused before the upgrade, and the connection ends',
    async (_, lines, status) => {
      const answer = await ask(head('/ws', lines));
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toContain('Connection: close');
      await isServing();
    },
  );
});

describe('what stands behind a refused upgrade, in the same write', () => {
  const NEXT = head('/version', ['Host: x', 'Connection: close']);

  it.each([
    ['by its endpoint', head('/ws?client_id=api')],
    ['since nothing is there', head('/nope')],
    ['for its version', head('/ws', HANDSHAKE.with(3, 'Sec-WebSocket-Version: 8'))],
  ])('[handshake-1] is never answered: one refused %s', async (_, refused) => {
    expect(await ask(NEXT)).toContain('"release"');
    expect(await ask(refused)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await ask(`${refused}${NEXT}`)).not.toContain('"release"');
    await isServing();
  });
});

describe('who is slow before a WebSocket is open', () => {
  it('is cut off within 16 s: who says nothing, sends half a handshake, drips it, names too much, or sends half a body', async () => {
    const begin = (text: string): Socket => {
      const socket = connect(worker.port, '127.0.0.1');
      socket.write(text);
      return socket;
    };
    const dripping = begin('GET /ws HTTP/1.1\r\n');
    const drip = setInterval(() => dripping.write('X-Drip: 1\r\n'), 500);
    /** So many headers, of a request that would be answered. */
    const headers = (count: number): string =>
      head('/version', ['Host: x', 'Connection: close', ...Array.from({ length: count - 2 }, (_, n) => `X-${n}: 1`)]);
    expect(await ask(headers(98))).toMatch(/^HTTP\/1\.1 200 /);
    const slow = [
      begin(''),
      begin(head('/ws').slice(0, -2)),
      dripping,
      begin(headers(99)),
      begin('POST /admin/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'),
    ].map(untilEnd);
    await isServing();
    for (const { seconds } of await Promise.all(slow)) expect(seconds).toBeLessThan(16);
    clearInterval(drip);
  });
});
