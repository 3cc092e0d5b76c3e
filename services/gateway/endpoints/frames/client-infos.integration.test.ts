import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { SECRET, signed } from '../../testing/tokens.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const OPERATOR_TOKEN = 'a control token for tests';
let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;
beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { LEASE_INTERVAL: '0.05', CONTROL_TOKEN: OPERATOR_TOKEN, JWT_SECRET: SECRET };
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const connect = async ({ ws }: TestWorker, sub: string, info?: unknown): Promise<TestClient> =>
  TestClient.connect(`${ws}/ws?token=${await signed({ sub, ...(info === undefined ? {} : { info }) })}`);
const infos = async (client: TestClient): Promise<Readonly<Record<string, unknown>>> => {
  client.send({ type: 'presence', channel: 'room', id: 'who' });
  const { clients } = await client.next('presence');
  return Object.fromEntries(clients.map(({ client_id: name, info }) => [name, info]));
};

describe('what a token says of a client', () => {
  it('[presence-5] is told with it by presence, by its join, and by the HTTP API; of who has none nothing is', async () => {
    const watcher = await connect(green, 'watcher');
    watcher.send({ type: 'subscribe', channel: 'room', presence: true, id: 's' });
    await watcher.next('subscribed');
    const ada = await connect(blue, 'ada', { name: 'Ada ♥', team: 7 });
    await ada.subscribe('room');
    const joins = () => watcher.all('presence_change').map(({ client_id: name, info }) => [name, info]);
    await vi.waitFor(() =>
      expect(joins()).toEqual([
        ['watcher', undefined],
        ['ada', { name: 'Ada ♥', team: 7 }],
      ]),
    );
    watcher.send({ type: 'presence', channel: 'room', id: 'who' });
    const { clients } = await watcher.next('presence');
    expect(clients[0]).not.toHaveProperty('info');
    expect(clients[1]).toMatchObject({ client_id: 'ada', info: { name: 'Ada ♥', team: 7 } });
    const response = await fetch(`${blue.http}/api/presence`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${OPERATOR_TOKEN}` },
      body: JSON.stringify({ channel: 'room' }),
    });
    expect(await response.json()).toMatchObject({ clients });
    for (const client of [watcher, ada]) await client.close();
  });

  it('[presence-5] is that of the connection that came last with one, on whatever worker, while the client is there', async () => {
    const watcher = await connect(green, 'watcher');
    const old = await connect(blue, 'ada', 'old');
    await old.subscribe('room');
    expect(await infos(old)).toEqual({ ada: 'old' });
    const next = await connect(green, 'ada', 'new');
    await next.subscribe('room');
    expect(await infos(next)).toEqual({ ada: 'new' });
    const plain = await connect(green, 'ada');
    await plain.subscribe('room');
    expect(await infos(plain)).toEqual({ ada: 'new' });
    await old.close();
    await next.close();
    expect(await infos(plain)).toEqual({ ada: 'new' });
    await plain.close();
    await vi.waitFor(async () => expect(await infos(watcher)).toEqual({}));
    const last = await connect(green, 'ada');
    await last.subscribe('room');
    expect(await infos(last)).toEqual({ ada: undefined });
    for (const client of [watcher, last]) await client.close();
  });

  it('[presence-5] is another where the token is renewed with another, or with none', async () => {
    const ada = await connect(blue, 'ada', 1);
    await ada.subscribe('room');
    expect(await infos(ada)).toEqual({ ada: 1 });
    for (const [claims, told] of [
      [{ info: [2] }, [2]],
      [{}, undefined],
      [{ info: null }, undefined],
      [{ info: 'three' }, 'three'],
    ] as const) {
      ada.send({ type: 'system.token', token: await signed({ sub: 'ada', ...claims }), id: 't' });
      await ada.next('system.token_renewed');
      expect(await infos(ada)).toEqual({ ada: told });
    }
    await ada.close();
  });
});
