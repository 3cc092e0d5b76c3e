import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PRESENCE_LIMIT_MAX } from '../../../protocol/limits.js';
import { parseChannelName, parseClientId, type ClientId } from '../../../protocol/ids.js';
import type { Broker } from '../../broker/broker.js';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const TOKEN = 'a control token for tests';

type Answer = Readonly<{
  clients: readonly Readonly<{ client_id: string; connections: number; joined_at: string }>[];
  count: number;
  anonymous: number;
  anonymous_among: number;
  next_cursor: string | null;
}>;

let blueBroker: Broker;
let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  const cluster = createMemoryCluster();
  const settings = { LEASE_INTERVAL: '0.05', CONTROL_TOKEN: TOKEN, ADMIN_PASSWORD: 'right' };
  blue = await startWorker((id) => (blueBroker = cluster.broker(id)), { COLOR: 'blue', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const ask = (query: string, headers: Record<string, string> = { Authorization: `Bearer ${TOKEN}` }) =>
  fetch(`${green.http}/admin/api/presence?${query}`, { headers });
const told = async (query: string): Promise<Answer> => (await (await ask(query)).json()) as Answer;
const names = ({ clients }: Answer): string[] => clients.map(({ client_id: name }) => name);
const come = async (worker: TestWorker, name?: string): Promise<TestClient> => {
  const client = await TestClient.connect(`${worker.ws}/ws${name === undefined ? '' : `?client_id=${name}`}`);
  await client.subscribe('room');
  return client;
};

describe('/admin/api/presence', () => {
  it('[admin-8] tells who is in a channel of the cluster, page by page, and how many have no name', async () => {
    const beganAt = Date.now();
    await come(blue, 'ada');
    await expect.poll(() => told('channel=room')).toMatchObject({ count: 1 });
    await come(green);
    await expect.poll(() => told('channel=room')).toMatchObject({ count: 2 });
    for (const worker of [blue, green]) await come(worker, 'bob');
    const whole = { channel: 'room', count: 3, anonymous: 1, anonymous_among: 3 };
    await expect
      .poll(() => told('channel=room'))
      .toMatchObject({ ...whole, clients: [{ connections: 1 }, { connections: 1 }, { connections: 2 }] });
    const all = await told('channel=room');
    expect(names(all)).toEqual(['ada', expect.stringMatching(/^anon-/), 'bob']);
    expect(all.next_cursor).toBeNull();
    for (const { joined_at: at } of all.clients) expect(Date.parse(at)).toBeGreaterThanOrEqual(beganAt);
    const first = await told('channel=room&limit=2');
    expect(first).toMatchObject(whole);
    const second = await told(`channel=room&limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ ...whole, next_cursor: null });
    expect([first, second].map(names)).toEqual([names(all).slice(0, 2), ['bob']]);
    expect(await told('channel=nowhere')).toMatchObject({ clients: [], count: 0, anonymous: 0, next_cursor: null });
  });

  it('[admin-8] counts those without a name among the first thousand alone', async () => {
    const channel = parseChannelName('crowd');
    const crowd = new Map<ClientId, number>();
    for (let n = 0; n < PRESENCE_LIMIT_MAX + 20; n += 1) {
      const clientId = parseClientId(n % 2 === 0 ? `anon-${n.toString(16).padStart(8, '0')}` : `client-${n}`);
      if (clientId !== undefined) crowd.set(clientId, 1);
    }
    if (channel !== undefined) await blueBroker.presence.state(channel, crowd, false);
    const answer = await told('channel=crowd');
    expect(answer).toMatchObject({ count: 1_020, anonymous: 500, anonymous_among: 1_000 });
    expect(answer.clients).toHaveLength(100);
  });

  it.each(['channel=no%20channel', 'channel=~plain', 'limit=1', 'channel=room&limit=1001', 'channel=room&cursor=x'])(
    '[admin-8] refuses %s and names what is wrong',
    async (query) => {
      const answer = await ask(query);
      const wrong = query === 'limit=1' ? 'channel' : (query.split('&').at(-1)?.split('=')[0] ?? '');
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(`"${wrong}=`)]);
    },
  );

  it('[admin-1] [admin-8] tells nobody who has not logged in', async () => {
    expect((await ask('channel=room', {})).status).toBe(401);
  });
});
