import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PresenceFrame } from '../../../protocol/frames.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const TOKEN = 'a control token for tests';
let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { LEASE_INTERVAL: '0.05', CONTROL_TOKEN: TOKEN };
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const connect = async ({ ws }: TestWorker, name: string, ...channels: readonly string[]): Promise<TestClient> => {
  const client = await TestClient.connect(`${ws}/ws?client_id=${name}`);
  for (const channel of channels) await client.subscribe(channel);
  return client;
};
const ask = (client: TestClient, channel: string, fields: object = {}): Promise<PresenceFrame> => {
  client.send({ type: 'presence', channel, id: 'who', ...fields });
  return client.next('presence');
};
const numbers = ({ clients }: PresenceFrame): Readonly<Record<string, number>> =>
  Object.fromEntries(clients.map(({ client_id: name, connections }) => [name, connections]));

describe('presence', () => {
  it('[presence-1] tells who is subscribed to a channel in the whole cluster, with how many connections, and since when', async () => {
    const before = Date.now();
    const ada = await connect(blue, 'ada', 'room', 'hall');
    const bobs = [await connect(green, 'bob', 'room'), await connect(blue, 'bob', 'room')];
    await vi.waitFor(async () => expect(numbers(await ask(ada, 'room'))).toEqual({ ada: 1, bob: 2 }));
    const answer = await ask(ada, 'room');
    expect(answer).toMatchObject({ type: 'presence', id: 'who', channel: 'room', count: 2 });
    expect(answer).not.toHaveProperty('next_cursor');
    expect(answer.clients.map(({ client_id: name, connections }) => [name, connections])).toEqual([
      ['ada', 1],
      ['bob', 2],
    ]);
    for (const { joined_at: at } of answer.clients) {
      expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
    }
    // Who asks need not be subscribed.
    await vi.waitFor(async () => expect(numbers(await ask(bobs[0]!, 'hall'))).toEqual({ ada: 1 }));
    expect(await ask(ada, 'nowhere')).toMatchObject({ clients: [], count: 0 });
    for (const client of [ada, ...bobs]) await client.close();
  });

  it('[presence-1] what a connection did itself before it asks is told', async () => {
    const ada = await connect(blue, 'ada', 'room');
    expect(numbers(await ask(ada, 'room'))).toEqual({ ada: 1 });
    await ada.subscribe('room');
    expect(numbers(await ask(ada, 'room'))).toEqual({ ada: 1 });
    ada.send({ type: 'unsubscribe', channel: 'room', id: 'u' });
    expect(numbers(await ask(ada, 'room'))).toEqual({});
    await ada.close();
  });

  it('[presence-1] a client stays while one connection of it does, also while it moves', async () => {
    const watcher = await connect(green, 'watcher');
    const old = await connect(blue, 'ada', 'room');
    await vi.waitFor(async () => expect(numbers(await ask(watcher, 'room'))).toEqual({ ada: 1 }));
    const [since] = (await ask(watcher, 'room')).clients;
    const next = await connect(green, 'ada', 'room');
    await vi.waitFor(async () => expect(numbers(await ask(watcher, 'room'))).toEqual({ ada: 2 }));
    await old.close();
    await vi.waitFor(async () => expect(numbers(await ask(watcher, 'room'))).toEqual({ ada: 1 }));
    expect((await ask(watcher, 'room')).clients[0]?.joined_at).toBe(since?.joined_at);
    next.socket.terminate();
    await vi.waitFor(async () => expect(numbers(await ask(watcher, 'room'))).toEqual({}));
    await watcher.close();
  });

  it('[presence-2] comes page by page', async () => {
    const all = await Promise.all(Array.from({ length: 7 }, (_, n) => connect(n % 2 ? blue : green, `c${n}`, 'room')));
    await vi.waitFor(async () => expect(await ask(all[0]!, 'room')).toMatchObject({ count: 7 }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask(all[0]!, 'room', { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.clients.map(({ client_id: name }) => name));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(all.map((_, n) => `c${n}`));
    for (const client of all) await client.close();
  });

  it('[presence-1] knows clients of /ws/chat/, but neither those of the plain chat nor the stack itself', async () => {
    const typist = await TestClient.connect(`${blue.ws}/ws/chat/?client_id=typist`);
    await typist.next('subscribed');
    const plain = await TextClient.connect(`${blue.ws}/ws/ann`);
    const probe = await TestClient.connect(`${blue.ws}/ws?client_id=probe`, {
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    await probe.subscribe('chat');
    expect(numbers(await ask(probe, 'chat'))).toEqual({ typist: 1 });
    for (const client of [typist, plain, probe]) await client.close();
  });

  it('[presence-3] forgets the clients of a worker that ends, and of no other', async () => {
    const watcher = await connect(green, 'watcher', 'room');
    await connect(blue, 'ada', 'room');
    await vi.waitFor(async () => expect(await ask(watcher, 'room')).toMatchObject({ count: 2 }));
    await blue.app.stop();
    expect(numbers(await ask(watcher, 'room'))).toEqual({ watcher: 1 });
    await watcher.close();
  });

  it('[presence-4] tells who comes and leaves to who asked for it when it subscribed, and no other', async () => {
    const watcher = await TestClient.connect(`${green.ws}/ws?client_id=watcher`);
    watcher.send({ type: 'subscribe', channel: 'room', presence: true, id: 's' });
    await watcher.next('subscribed');
    const changes = (): readonly string[] =>
      watcher.all('presence_change').map(({ change, client_id: name = '' }) => `${change} ${name}`.trim());
    await vi.waitFor(() => expect(changes()).toEqual(['join watcher']));
    const other = await connect(blue, 'other', 'room');
    const adas = [await connect(blue, 'ada', 'room', 'hall'), await connect(green, 'ada', 'room')];
    await vi.waitFor(() => expect(changes()).toEqual(['join watcher', 'join other', 'join ada']));
    await adas[0]?.close();
    await vi.waitFor(async () => expect(numbers(await ask(watcher, 'room'))).toEqual({ ada: 1, other: 1, watcher: 1 }));
    await adas[1]?.close();
    await vi.waitFor(() => expect(changes().slice(3)).toEqual(['leave ada']));
    expect(watcher.all('presence_change').at(-1)).toMatchObject({ channel: 'room', client_id: 'ada' });
    expect(other.all('presence_change')).toEqual([]);
    cluster.disconnect(green.workerId);
    cluster.reconnect(green.workerId);
    await vi.waitFor(() => expect(changes().slice(4)).toEqual(['reset']));
    watcher.send({ type: 'unsubscribe', channel: 'room', id: 'u' });
    await watcher.next('unsubscribed');
    await other.close();
    await vi.waitFor(async () => expect(await ask(watcher, 'room')).toMatchObject({ count: 0 }));
    expect(changes()).toHaveLength(5);
    await watcher.close();
  });

  it('[error-1] says that Redis is away', async () => {
    const ada = await connect(blue, 'ada', 'room');
    await vi.waitFor(async () => expect(numbers(await ask(ada, 'room'))).toEqual({ ada: 1 }));
    cluster.disconnect(blue.workerId);
    ada.send({ type: 'presence', channel: 'room', id: 'who' });
    expect(await ada.next('error')).toMatchObject({ id: 'who', code: 'unavailable' });
    cluster.reconnect();
    expect(numbers(await ask(ada, 'room'))).toEqual({ ada: 1 });
    await ada.close();
  });
});
