import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../broker/broker.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

type Row = Readonly<Record<string, string | number>> & Readonly<{ connection_id: string; client_id: string }>;
type Stats = Readonly<Record<string, number>> &
  Readonly<{
    global_stats: Record<string, number>;
    connections: readonly Row[];
    total: number;
    next_cursor: string | null;
    unanswered: readonly string[];
  }>;

const TOKEN = 'a control token for tests';
let cluster: MemoryCluster;
let blue: TestWorker;
let blueBroker: Broker;
let green: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { LEASE_INTERVAL: '0.05', CONTROL_TOKEN: TOKEN };
  blue = await startWorker((id) => (blueBroker = cluster.broker(id)), { COLOR: 'blue', WORKER: '1', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', WORKER: '2', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const stats = async (query = '', { http } = blue): Promise<Stats> =>
  (await (await fetch(`${http}/ws-stats${query}`)).json()) as Stats;
const crowd = ({ ws }: TestWorker, count: number): Promise<TextClient[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => TextClient.connect(`${ws}/ws/c${n}`)));
/** All rows, page by page. */
const pages = async (limit: number, between: (page: number) => Promise<void> = async () => {}): Promise<Row[][]> => {
  const all: Row[][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await stats(`?limit=${limit}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    all.push([...page.connections]);
    cursor = page.next_cursor;
    await between(all.length);
  }
  return all;
};
const ids = (rows: readonly Row[]): string[] => rows.map(({ connection_id: id }) => id);

describe('/ws-stats', () => {
  it('[stats-1] counts what the clients counted, over all workers, in both of its forms', async () => {
    const [ada, bob] = [await TextClient.connect(`${blue.ws}/ws/ada`), await TextClient.connect(`${green.ws}/ws/bob`)];
    bob.say('hello');
    await bob.hears('Client #bob says: hello');
    for (const line of ['one', 'two']) ada.say(line);
    for (const client of [ada, bob]) await client.hears('Client #ada says: two');
    await bob.close();
    await ada.hears('Client #bob left the chat');
    // What the stack itself does is none of the users'.
    const probe = await TestClient.connect(`${blue.ws}/ws`, { headers: { Authorization: `Bearer ${TOKEN}` } });
    await probe.subscribe('smoke');
    await probe.publish('smoke', 'hello');
    await probe.next('message');
    await probe.close();
    const expected = {
      total_connections: 2,
      active_connections: 1,
      messages_received: 3,
      messages_sent: ada.texts.length + bob.texts.length,
    };
    await expect.poll(() => stats()).toMatchObject({ ...expected, global_stats: expected, total: 1 });
    await expect.poll(() => stats('/?scope=cluster', green)).toMatchObject({ global_stats: expected });
    expect((await stats('?scope=worker', green)).global_stats).toEqual({
      total_connections: 1,
      active_connections: 0,
      messages_received: 1,
      messages_sent: bob.texts.length,
    });
  });

  it('[stats-2] tells of each connection who, where, since when, and how much', async () => {
    const before = Date.now();
    const ada = await TestClient.connect(`${blue.ws}/ws?client_id=ada`, { headers: { 'X-Real-IP': '203.0.113.7' } });
    await ada.subscribe('room');
    for (let n = 0; n < 3; n += 1) await ada.publish('room', n);
    await ada.next('message', ({ offset }) => offset === 3);
    const typist = await TestClient.connect(`${green.ws}/ws/chat/`);
    typist.send('hello');
    await typist.next('ack');
    const bob = await TextClient.connect(`${green.ws}/ws/bob`);
    const { connections } = await stats();
    expect(connections.map(({ client_id: name }) => name)).toEqual([
      'ada',
      expect.stringMatching(/^anon-[0-9a-f]{8}$/),
      'bob',
    ]);
    const [first, second, third] = connections;
    expect(first).toMatchObject({
      ip: '203.0.113.7',
      color: 'blue',
      worker: '1',
      endpoint: 'channels',
      messages_received: 4,
      // welcome, subscribed, three acks, and three messages that the topic brought
      messages_sent: ada.frames.length,
    });
    expect(ada.frames).toHaveLength(8);
    expect(second).toMatchObject({
      ip: '127.0.0.1',
      color: 'green',
      worker: '2',
      endpoint: 'chat',
      messages_received: 1,
    });
    expect(second?.['messages_sent']).toBe(typist.frames.length);
    expect(third).toMatchObject({ endpoint: 'plain', messages_received: 0, messages_sent: 0 });
    expect(third?.['last_activity']).toBe(third?.['connected_at']);
    for (const row of connections) {
      const [since, active] = [Date.parse(String(row['connected_at'])), Date.parse(String(row['last_activity']))];
      expect(since).toBeGreaterThanOrEqual(before);
      expect(active).toBeGreaterThanOrEqual(since);
      expect(row['duration']).toBeGreaterThanOrEqual(0);
      expect(row['duration']).toBeLessThanOrEqual((Date.now() - before) / 1000);
      expect(JSON.stringify(row)).not.toContain('session');
    }
    expect(connections[0]?.['last_activity']).not.toBe(connections[0]?.['connected_at']);
    await bob.close();
  });

  it('[stats-2] counts what a subscription brought also when it is over, or was made anew', async () => {
    const [ada, bob] = [await TestClient.connect(`${blue.ws}/ws`), await TestClient.connect(`${green.ws}/ws`)];
    await ada.subscribe('room');
    await bob.publish('room', 1);
    await ada.next('message');
    ada.send({ type: 'unsubscribe', channel: 'room', id: 'u' });
    await ada.next('unsubscribed');
    const { epoch } = await ada.subscribe('room');
    await bob.publish('room', 2);
    await ada.next('message');
    await ada.subscribe('room', { epoch, offset: 0 });
    await ada.next('message', ({ offset }) => offset === 2);
    const { connections } = await stats();
    expect(connections[0]?.['messages_sent']).toBe(ada.frames.length);
    await Promise.all([ada.close(), bob.close()]);
  });

  it('[stats-3] gives the connections page by page, each once, over all workers', async () => {
    await crowd(blue, 25);
    await crowd(green, 25);
    await expect.poll(async () => (await stats()).total).toBe(50);
    const all = await pages(10);
    expect(all.map((page) => page.length)).toEqual([10, 10, 10, 10, 10]);
    expect(new Set(ids(all.flat())).size).toBe(50);
    expect(ids((await pages(50)).flat())).toEqual(ids(all.flat()));
    expect(ids((await pages(1_000)).flat())).toEqual(ids(all.flat()));
    expect((await stats()).connections).toHaveLength(50);
    const own = await stats('?scope=worker&limit=20', green);
    expect([own.total, own.connections.length]).toEqual([25, 20]);
    const rest = await stats(`?scope=worker&limit=20&cursor=${own.next_cursor}`, green);
    expect([rest.connections.length, rest.next_cursor]).toEqual([5, null]);
  });

  it('[stats-3] neither repeats nor skips one that stays while others come and go between two pages', async () => {
    const clients = await crowd(blue, 30);
    const leaving = clients.filter((_, index) => index % 3 === 0);
    const all = await pages(5, async (page) => {
      await leaving[page]?.close();
      await TextClient.connect(`${green.ws}/ws/late${page}`);
    });
    const seen = ids(all.flat());
    expect(new Set(seen).size).toBe(seen.length);
    const stayed = (await stats('?limit=1000')).connections.filter(({ color }) => color === 'blue');
    for (const { connection_id: id } of stayed) expect(seen).toContain(id);
  });

  it('[stats-3] names a worker that does not answer, and shows the others', async () => {
    await crowd(blue, 2);
    await crowd(green, 3);
    await expect.poll(async () => (await stats()).total).toBe(5);
    cluster.breakSubscription(green.workerId);
    expect(await stats()).toMatchObject({
      connections: [{ color: 'blue' }, { color: 'blue' }],
      unanswered: ['green-2'],
    });
    cluster.restoreSubscription(green.workerId);
    expect(await stats()).toMatchObject({ unanswered: [] });
  });

  it.each([
    ['?scope=galaxy', 'scope=galaxy'],
    ['?limit=0', 'limit=0'],
    ['?limit=1001', 'limit=1001'],
    ['?limit=ten', 'limit=ten'],
    ['?limit=', 'limit='],
    ['?limit=0x10', 'limit=0x10'],
    ['?limit=1e2', 'limit=1e2'],
    ['?cursor=nonsense', 'cursor'],
    ['?cursor=', 'cursor'],
  ])('[stats-4] refuses %s and names it', async (query, named) => {
    const response = await fetch(`${blue.http}/ws-stats${query}`);
    expect(response.status).toBe(400);
    const error: unknown = expect.stringContaining(named);
    expect(await response.json()).toEqual({ error });
  });

  it('[stats-4] refuses the cursor of one worker at another, where only that one is asked', async () => {
    await crowd(green, 5);
    const { next_cursor: cursor } = await stats('?scope=worker&limit=2', green);
    const response = await fetch(`${blue.http}/ws-stats?scope=worker&limit=2&cursor=${cursor}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('another worker')]);
  });

  it('[stats-4] shows no old figures for new ones: none while the lease can not be renewed', async () => {
    vi.spyOn(blueBroker.cluster, 'renew').mockRejectedValue(new BrokerUnavailable('takes no writes'));
    expect((await fetch(`${blue.http}/ws-stats`)).status).toBe(503);
    vi.restoreAllMocks();
    expect((await fetch(`${blue.http}/ws-stats`)).status).toBe(200);
  });

  it('[stats-4] says that Redis is away; a worker can still be asked for itself', async () => {
    await crowd(blue, 2);
    cluster.disconnect();
    expect((await fetch(`${blue.http}/ws-stats`)).status).toBe(503);
    expect(await stats('?scope=worker')).toMatchObject({ total: 2, connections: [{}, {}] });
    cluster.reconnect();
  });
});
