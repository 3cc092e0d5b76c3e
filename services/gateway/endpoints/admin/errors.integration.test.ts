import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { WorkerMessages } from '../../cluster/worker-messages.js';
import { TestClient } from '../../testing/client.js';
import { StreamClient } from '../../testing/stream-client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const TOKEN = 'a control token for tests';
/** Two messages at once, and then one each 30 s; loopback alone is trusted. */
const LIMITS = { RATE_LIMIT_MESSAGES_PER_WINDOW: '1', RATE_LIMIT_MESSAGE_WINDOW: '30' };
const STRANGER = { 'X-Real-IP': '203.0.113.7' };

let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { LEASE_INTERVAL: '0.05', CONTROL_TOKEN: TOKEN, ADMIN_PASSWORD: 'right', ...LIMITS };
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

type Answer = Readonly<{ connections: readonly Readonly<Record<string, unknown>>[]; unanswered: readonly string[] }>;
const ask = async (query = ''): Promise<Answer> => {
  const headers = { Authorization: `Bearer ${TOKEN}` };
  return (await (await fetch(`${blue.http}/admin/api/connections?${query}`, { headers })).json()) as Answer;
};
/** Endpoint and errors of each connection, in the order of the list. */
const listed = async (query = ''): Promise<unknown[]> =>
  (await ask(query)).connections.map(({ endpoint, errors }) => [endpoint, errors]);

/** A worker of a release that knew nothing of errors, with one connection. */
const startOlder = async (): Promise<void> => {
  const broker = cluster.broker('older');
  const messages = new WorkerMessages(broker.cluster);
  const row = { connection_id: 'one', client_id: 'ada', key: -1, id: 'one' };
  messages.on('admin-ask', (text) => {
    const [id, asker = ''] = text.split(' ');
    const answer = text.includes('"sort":"errors"') ? '' : JSON.stringify({ rows: [row], matching: 1 });
    messages.tell(asker, 'admin-answer', `${id} ${answer}`);
  });
  const deaf = (): void => undefined;
  const others = { publication: deaf, resumed: deaf, presenceChanged: deaf, clientTold: deaf };
  await broker.start({ ...others, told: (message) => messages.told(message) });
  const startedAt = new Date().toISOString();
  const identity = { workerId: 'older', color: 'green', worker: '9', release: 'r0', startedAt };
  await broker.cluster.renew({ ...identity, connections: 1, totals: {}, gauges: {} });
};

describe('errors of a connection', () => {
  it('[admin-3] are what it sent and was refused, and are sorted by over all workers', async () => {
    const ada = await TestClient.connect(`${green.ws}/ws`);
    for (const wrong of ['no frame', { type: 'nothing' }]) {
      ada.send(wrong);
      await ada.next('error');
    }
    await ada.publish('room', 'a good one');
    const stream = await StreamClient.connect(blue);
    for (const count of [1, 2, 3]) {
      stream.send('no subscription');
      await stream.nth('Error', count);
    }
    const bob = await TextClient.connect(`${green.ws}/ws/bob`, { headers: STRANGER });
    for (const line of ['one', 'two', 'three']) bob.say(line);
    // Whoever is most busy has none.
    const chat = await TestClient.connect(`${blue.ws}/ws/chat/`);
    for (let n = 0; n < 9; n += 1) chat.send(`line ${n}`);
    await chat.next('ack', ({ offset }) => offset === 9);
    const all = [
      ['metrics', 3],
      ['channels', 2],
      ['plain', 1],
      ['chat', 0],
    ];
    await expect.poll(() => listed('sort=errors')).toEqual(all);
    expect(await listed('sort=errors&order=asc')).toEqual(all.toReversed());
    for (const client of [ada, stream, bob, chat]) await client.close();
  });

  it('[admin-3] are not told by a worker of an older release, which is named where that order is asked for', async () => {
    await startOlder();
    await expect.poll(() => ask()).toMatchObject({ connections: [{ client_id: 'ada' }], unanswered: [] });
    expect((await ask()).connections[0]).not.toHaveProperty('errors');
    expect(await ask('sort=errors')).toMatchObject({ connections: [], unanswered: ['green-9'] });
  });
});
