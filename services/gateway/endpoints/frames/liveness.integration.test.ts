import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const QUICK = { WEBSOCKET_HEARTBEAT_INTERVAL: '0.1', HEARTBEAT_TIMEOUT: '0.4', LEASE_INTERVAL: '0.05' };
let cluster: MemoryCluster = createMemoryCluster();
const workers: TestWorker[] = [];

const start = async (settings: Record<string, string> = {}): Promise<TestWorker> => {
  if (workers.length === 0) cluster = createMemoryCluster();
  const worker = await startWorker((id) => cluster.broker(id), { ...QUICK, ...settings });
  workers.push(worker);
  return worker;
};
afterEach(async () => {
  await Promise.all(workers.splice(0).map(({ app }) => app.stop()));
});
/** Resolves when twice somebody who shows no life has been closed: longer than the time-out. */
const twoTimeouts = async ({ ws }: TestWorker): Promise<void> => {
  for (let n = 0; n < 2; n += 1) {
    const silent = await TestClient.connect(`${ws}/ws`, { autoPong: false });
    expect((await silent.closed).code).toBe(4408);
    expect(silent.frames.at(-1)?.type).toBe('system.bye');
  }
};

describe('staying alive', () => {
  it('[alive-1] by pongs alone', async () => {
    const worker = await start();
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await twoTimeouts(worker);
    expect(await client.publish('room', 1)).toMatchObject({ message_count: 1 });
  });

  it('[alive-1] by frames alone', async () => {
    const worker = await start();
    const client = await TestClient.connect(`${worker.ws}/ws`, { autoPong: false });
    const over = new AbortController();
    const timeouts = twoTimeouts(worker).finally(() => over.abort());
    while (!over.signal.aborted) await client.settle();
    await timeouts;
    expect(await client.publish('room', 1)).toMatchObject({ message_count: 1 });
  });

  it('[close-4408] not on /ws/chat/ either, for one that shows no life', async () => {
    const worker = await start();
    const client = await TestClient.connect(`${worker.ws}/ws/chat/`, { autoPong: false });
    expect((await client.closed).code).toBe(4408);
    expect(client.frames.at(-1)?.type).toBe('system.bye');
  });

  it('[alive-1] without heartbeat frames, where they are switched off: pings still come', async () => {
    const worker = await start({ ENABLE_HEARTBEAT: 'false' });
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await new Promise((resolve) => client.socket.once('ping', resolve));
    await twoTimeouts(worker);
    await client.settle();
    expect(client.all('system.heartbeat')).toHaveLength(0);
  });

  it('[alive-1] a heartbeat says how many connections the whole cluster has', async () => {
    const blue = await start({ COLOR: 'blue' });
    const green = await start({ COLOR: 'green' });
    const client = await TestClient.connect(`${blue.ws}/ws`);
    await TestClient.connect(`${green.ws}/ws`);
    await TestClient.connect(`${green.ws}/ws/chat/`);
    const beat = await client.next('system.heartbeat', ({ active_connections: open }) => open === 3);
    expect(beat.active_connections).toBe(3);
  });

  it('[alive-1] a connection that closed is visited no longer', async () => {
    const worker = await start();
    const closing = await TestClient.connect(`${worker.ws}/ws`);
    await closing.close();
    await twoTimeouts(worker);
    const metrics = await (await fetch(`${worker.http}/metrics`)).text();
    expect(metrics).toMatch(/^websocket_heartbeat_timeouts_total 2$/m);
  });
});
