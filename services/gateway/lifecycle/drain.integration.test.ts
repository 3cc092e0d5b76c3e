import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../broker/memory/memory-cluster.js';
import { TestClient } from '../testing/client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const TOKEN = 'a control token for tests';
let cluster: MemoryCluster;
let old: TestWorker;
let successor: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  old = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', CONTROL_TOKEN: TOKEN, DRAIN_GRACE: '1' });
  successor = await startWorker((id) => cluster.broker(id), { COLOR: 'green' });
});
afterEach(async () => {
  await Promise.all([old.app.stop(), successor.app.stop()]);
});

const control = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${old.http}/control/${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe('moving connections', () => {
  it('[move-2] [move-5] [deploy-1] tells a client on /ws to move, keeps serving it, and closes it with 1012 at its deadline', async () => {
    const client = await TestClient.connect(`${old.ws}/ws`);
    await client.subscribe('room');
    expect((await control('POST', 'drain', { reason: 'deploy' })).status).toBe(202);
    const told = await client.next('system.reconnect');
    expect(told.reason).toBe('deploy');
    expect(told.deadline_ms - told.after_ms).toBe(1000);
    await client.publish('room', 'still served');
    await client.next('message');
    expect((await client.closed).code).toBe(1012);
    expect(client.frames.at(-1)).toMatchObject({ type: 'system.bye', reason: 'deploy', message_count: 1 });
  });

  it('[move-4] [deploy-2] does not replace a connection that was told to move when its successor comes', async () => {
    const first = await TestClient.connect(`${old.ws}/ws`);
    const { session_id: session } = await first.next('system.welcome');
    const { epoch } = await first.subscribe('room');
    old.app.draining.begin('deploy');
    await first.next('system.reconnect');
    const second = await TestClient.connect(`${successor.ws}/ws?session=${session}`);
    expect(await second.next('system.welcome')).toMatchObject({ resumed: true });
    expect(await second.subscribe('room', { epoch, offset: 0 })).toMatchObject({ recovered: true });
    await second.publish('room', 'to both');
    await Promise.all([first.next('message'), second.next('message')]);
    // [move-3] is the client's part: it closes the old one when it is subscribed on the new one [close-1000].
    expect((await first.close()).code).toBe(1000);
  });

  it('[deploy-1] is not ready at once, stays alive, and moves connections that still arrive', async () => {
    await control('POST', 'drain', { reason: 'rollback' });
    const ready = await fetch(`${old.http}/readyz/`);
    expect(ready.status).toBe(503);
    expect(((await ready.json()) as { checks: { draining: string } }).checks.draining).not.toBe('ok');
    expect((await fetch(`${old.http}/healthz/`)).status).toBe(200);
    const late = await TestClient.connect(`${old.ws}/ws`);
    expect((await late.next('system.reconnect')).reason).toBe('rollback');
    await late.close();
    await expect
      .poll(async () => ((await (await control('GET', 'status')).json()) as { drain: object }).drain)
      .toMatchObject({ done: true, remaining: 0, total: 1, moved: 1 });
  });

  it('can be cancelled: ready again, and nobody else is told', async () => {
    await control('POST', 'drain', { reason: 'deploy' });
    expect((await control('DELETE', 'drain')).status).toBe(200);
    expect((await fetch(`${old.http}/readyz`)).status).toBe(200);
    const client = await TestClient.connect(`${old.ws}/ws`);
    await client.publish('room', 1);
    expect(client.all('system.reconnect')).toHaveLength(0);
  });

  it('[move-2] tells a client once, also when a stop follows the deploy', async () => {
    const client = await TestClient.connect(`${old.ws}/ws`);
    await client.next('system.welcome');
    old.app.draining.begin('deploy');
    await client.next('system.reconnect');
    await old.app.stop();
    expect(await client.closed).toEqual({ code: 1012, reason: 'deploy' });
    expect(client.all('system.reconnect')).toHaveLength(1);
  });

  it('a stop refuses new connections at once, while it still serves those that are left', async () => {
    const client = await TestClient.connect(`${old.ws}/ws`);
    await client.next('system.welcome');
    const stopping = old.app.stop();
    await expect(TestClient.connect(`${old.ws}/ws`)).rejects.toThrow('ECONNREFUSED');
    expect(await client.publish('room', 'still served')).toMatchObject({ message_count: 1 });
    expect((await client.closed).code).toBe(1012);
    await stopping;
  });

  it('closes whoever is left with 1012 when the time for a stop is over', async () => {
    const redisIsSlow = vi.spyOn(old.app.draining, 'finish').mockResolvedValue(false);
    const client = await TestClient.connect(`${old.ws}/ws`);
    await client.next('system.welcome');
    await old.app.stop();
    expect(redisIsSlow).toHaveBeenCalledOnce();
    expect((await client.closed).code).toBe(1012);
    expect(client.frames.at(-1)).toMatchObject({ type: 'system.bye', reason: 'shutdown' });
  });

  it('is closed to whoever has no token', async () => {
    expect((await fetch(`${old.http}/control/status`)).status).toBe(401);
    expect((await fetch(`${successor.http}/control/status`)).status).toBe(404);
    expect((await control('POST', 'drain', { reason: 'because' })).status).toBe(400);
  });

  it('[close-1012] [acked-1] stops in order: every client told with 1012, publishes in flight acked, the port closed', async () => {
    const clients = await Promise.all(
      Array.from({ length: 50 }, (_, index) => TestClient.connect(`${old.ws}${index % 2 === 0 ? '/ws' : '/ws/chat/'}`)),
    );
    await Promise.all(clients.map((client) => client.next('system.welcome')));
    const acks = clients.map((client, index) => client.publish('room', index));
    const stopping = old.app.stop();
    expect(await Promise.all(clients.map(async (client) => (await client.closed).code))).toEqual(
      clients.map(() => 1012),
    );
    await Promise.all(acks);
    await stopping;
    await expect(TestClient.connect(`${old.ws}/ws`)).rejects.toThrow('ECONNREFUSED');
  });
});
