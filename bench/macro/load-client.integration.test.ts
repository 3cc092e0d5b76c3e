import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findTool } from '../../services/conductor/engines/local/tools.js';
import { createMemoryCluster } from '../../services/gateway/broker/memory/memory-cluster.js';
import { TestClient } from '../../services/gateway/testing/client.js';
import { startWorker, type TestWorker } from '../../services/gateway/testing/worker.js';
import { WebSocketServer } from 'ws';
import { compileClient } from './compile.js';
import { LoadClient } from './load-client.js';

const path = process.env['PATH'] ?? '';
const cluster = createMemoryCluster();
let cache: string;
let program: string;
let workers: readonly [TestWorker, TestWorker];
let client: LoadClient | undefined;

const portOf = ({ ws }: TestWorker): number => Number(new URL(ws).port);
const clientOf = (ports: readonly number[], hasWelcome = true): LoadClient =>
  (client = new LoadClient(program, ports, { hasWelcome }));

describe.skipIf(findTool('cc', path) === undefined)('the load client', () => {
  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'switchyard-client-'));
    program = compileClient(join(import.meta.dirname, 'client'), cache, path);
  });
  afterAll(() => rmSync(cache, { recursive: true }));
  beforeEach(async () => {
    const start = (): Promise<TestWorker> =>
      startWorker((id) => cluster.broker(id), { RATE_LIMIT_TRUSTED: '127.0.0.0/8', DRAIN_GRACE: '1' });
    workers = [await start(), await start()];
  });
  afterEach(async () => {
    await client?.stop();
    await Promise.all(workers.map(({ app }) => app.stop()));
  });

  it('counts each ping that was answered', async () => {
    const client = clientOf([portOf(workers[0])]);
    await client.connect(10);
    const { sent, answered, lost, refused, p50 } = await client.ask('loop ping 0.2');
    expect(answered).toBeGreaterThan(100);
    expect([sent - answered, lost, refused]).toEqual([0, 0, 0]);
    expect(p50).toBeGreaterThan(0);
  });

  it('knows how many deliveries its publications make over two workers, and gets them', async () => {
    const client = clientOf(workers.map(portOf));
    await client.connect(22);
    await client.subscribe(20, 2, 'both:');
    const { sent, delivered, expected, p99, most } = await client.ask('pace 100 0.3 2');
    expect([sent, delivered, expected]).toEqual([30, 300, 300]);
    expect(most).toBeGreaterThanOrEqual(p99);
  });

  it.each([10, 16_384])('says %i bytes where it is asked to, and knows how long they took', async (bytes) => {
    const client = clientOf([portOf(workers[0])]);
    await client.connect(2);
    await client.ask(`size ${bytes}`);
    await client.subscribe(1, 1, 'size:');
    const ear = await TestClient.connect(`ws://127.0.0.1:${portOf(workers[0])}/ws`);
    await ear.subscribe('size:0');
    const { delivered, p99 } = await client.ask('pace 100 0.05 1');
    expect(delivered).toBe(5);
    expect(p99).toBeGreaterThan(0);
    expect(p99).toBeLessThan(10_000);
    const { data } = await ear.next('message');
    expect(data).toMatch(new RegExp(`^t\\d{9}x{${bytes - 10}}$`));
    await ear.close();
  });

  it('comes back to where it was, and says what it missed', async () => {
    const client = clientOf(workers.map(portOf));
    await client.connect(20);
    await client.subscribe(20, 2, 'storm:');
    await client.ask('drop');
    const other = new LoadClient(program, workers.map(portOf));
    await other.connect(2);
    await other.ask('channels 2 storm:');
    await other.ask('fill 5');
    await other.stop();
    const { delivered, lost, failed } = await client.ask('return 20 10');
    expect([delivered, lost, failed]).toEqual([100, 0, 0]);
  });

  it('moves in its slots to the other worker, make-before-break', async () => {
    const client = clientOf(workers.map(portOf));
    await client.ask('use 1');
    await client.connect(20);
    await client.subscribe(20, 2, 'move:');
    const moves = client.ask('moves 20');
    workers[0].app.draining.begin('deploy');
    expect(await moves).toMatchObject({ moved: 20, lost: 0, failed: 0 });
  });

  it('tells of what was not answered and not delivered', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) =>
      socket.once('message', () => socket.send('{"type":"system.pong","id":"only the first"}')),
    );
    const client = clientOf([(server.address() as AddressInfo).port], false);
    await client.connect(3);
    expect(await client.ask('loop ping 0.1')).toMatchObject({ sent: 6, answered: 3, lost: 3 });
    for (const socket of server.clients) socket.terminate();
    server.close();
  });

  it('says why it ended', async () => {
    const client = clientOf([portOf(workers[0])]);
    await expect(client.ask('nonsense')).rejects.toThrow('the load client ended with 1');
  });
});
