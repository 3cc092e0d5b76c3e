import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { StreamClient } from '../../testing/stream-client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const TOKEN = 'a control token for tests';
/** Two messages at once, and then one each 30 s; loopback alone is trusted. */
const LIMITS = { RATE_LIMIT_MESSAGES_PER_WINDOW: '1', RATE_LIMIT_MESSAGE_WINDOW: '30' };
const STRANGER = { 'X-Real-IP': '203.0.113.7' };

let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  const cluster = createMemoryCluster();
  const settings = { LEASE_INTERVAL: '0.05', CONTROL_TOKEN: TOKEN, ADMIN_PASSWORD: 'right', ...LIMITS };
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

/** Endpoint and errors of each connection, in the order of the list. */
const listed = async (query = ''): Promise<unknown[]> => {
  const answer = await fetch(`${blue.http}/admin/api/connections?${query}`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  const { connections } = (await answer.json()) as { connections: Record<string, unknown>[] };
  return connections.map(({ endpoint, errors }) => [endpoint, errors]);
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
    const chat = await TestClient.connect(`${blue.ws}/ws/chat/`);
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
});
