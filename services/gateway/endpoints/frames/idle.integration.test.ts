import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let worker: TestWorker;
const start = async (settings: Record<string, string> = {}): Promise<void> => {
  const cluster = createMemoryCluster();
  const quick = { IDLE_TIMEOUT: '0.4', IDLE_CHECK_INTERVAL: '0.1' };
  worker = await startWorker((id) => cluster.broker(id), { ...quick, ...settings });
};
afterEach(() => worker.app.stop());

const SOME_TEXT: unknown = expect.any(String);
const idleLines = () => worker.logs.filter(({ event }) => event === 'websocket_idle');

describe('an idle connection', () => {
  it.each(['/ws', '/ws/chat/'])('[idle-2] on %s is warned and logged once, and lives', async (path) => {
    await start();
    const client = await TestClient.connect(`${worker.ws}${path}?client_id=ada`);
    const { connection_id: id } = await client.next('system.welcome');
    const warning = await client.next('system.idle_warning');
    expect(Object.keys(warning).sort()).toEqual(['idle_seconds', 'type']);
    // Another one, warned later, shows that time went by.
    const other = await TestClient.connect(`${worker.ws}/ws`);
    await other.next('system.idle_warning');
    expect(client.all('system.idle_warning')).toHaveLength(1);
    expect(idleLines().filter(({ connection_id: logged }) => logged === id)).toEqual([
      expect.objectContaining({ level: 'INFO', client_id: 'ada', session_id: SOME_TEXT }),
    ]);
    expect(await client.publish('room', 1)).toMatchObject({ message_count: 1 });
  });

  it('[idle-1] is one that says nothing of its own: neither pongs, nor system frames, nor what it is sent count', async () => {
    await start({ WEBSOCKET_HEARTBEAT_INTERVAL: '0.1' });
    const [silent, busy] = [await TestClient.connect(`${worker.ws}/ws`), await TestClient.connect(`${worker.ws}/ws`)];
    await silent.subscribe('room');
    const over = new AbortController();
    const warned = silent.next('system.idle_warning').finally(() => over.abort());
    while (!over.signal.aborted) {
      await busy.publish('room', 'something to hear');
      silent.send({ type: 'system.heartbeat' });
      await silent.settle();
    }
    await warned;
    expect(silent.all('message').length).toBeGreaterThan(0);
    expect(busy.all('system.idle_warning')).toHaveLength(0);
  });

  it('[idle-2] is warned again when it was active meanwhile', async () => {
    await start();
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await client.next('system.idle_warning');
    await client.publish('room', 1);
    await client.next('system.idle_warning');
    expect(idleLines()).toHaveLength(2);
  });

  it('[idle-3] is warned before it is closed, however near that is', async () => {
    await start({ IDLE_TIMEOUT: '0.2', IDLE_CHECK_INTERVAL: '1', IDLE_DISCONNECT: '0.3' });
    const client = await TestClient.connect(`${worker.ws}/ws`);
    const warnedAt = client.next('system.idle_warning').then(({ disconnect_in: left }) => ({ left, at: Date.now() }));
    expect(await client.closed).toEqual({ code: 4408, reason: 'idle' });
    const { left = 0, at } = await warnedAt;
    expect(left).toBe(1);
    expect(Math.abs((Date.now() - at) / 1000 - left)).toBeLessThan(0.5);
  });

  it('[idle-3] is closed with 4408 where that is set, and told before when', async () => {
    await start({ IDLE_DISCONNECT: '2' });
    const client = await TestClient.connect(`${worker.ws}/ws`);
    const { disconnect_in: left } = await client.next('system.idle_warning');
    expect(left).toBeGreaterThanOrEqual(1);
    expect(left).toBeLessThanOrEqual(2);
    expect(await client.closed).toEqual({ code: 4408, reason: 'idle' });
    expect(client.frames.at(-1)).toMatchObject({ type: 'system.bye', reason: 'idle' });
    const metrics = await (await fetch(`${worker.http}/metrics`)).text();
    expect(metrics).toContain('websocket_disconnections_total{reason="idle"} 1');
  });
});
