import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let worker: TestWorker;
const start = async (settings: Readonly<Record<string, string>> = {}): Promise<TestClient> => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), settings);
  return TestClient.connect(`${worker.ws}/ws`);
};
afterEach(() => worker.app.stop());

describe('the channels of a connection', () => {
  it('[channels-1] are at most 128: one more is refused, without effect', async () => {
    const client = await start();
    for (let n = 1; n <= 128; n += 1) await client.subscribe(`room:${n}`);
    client.send({ type: 'subscribe', channel: 'one-more', id: 'more' });
    expect(await client.next('error')).toMatchObject({ id: 'more', code: 'too_large' });
    await client.publish('one-more', 1);
    await client.publish('room:128', 1);
    await client.next('message', ({ channel }) => channel === 'room:128');
    expect(client.all('message').map(({ channel }) => channel)).toEqual(['room:128']);
  });

  it('[channels-1] are counted as they are: again to one of them, or after one was left, is no more', async () => {
    const client = await start({ MAX_CHANNELS: '2' });
    for (const channel of ['a', 'b', 'a']) await client.subscribe(channel);
    client.send({ type: 'unsubscribe', channel: 'b', id: 'u' });
    await client.next('unsubscribed');
    await client.subscribe('c');
    client.send({ type: 'subscribe', channel: 'b' });
    expect((await client.next('error')).code).toBe('too_large');
  });

  it('[channels-1] [close-1008] a flood of them ends the connection, though none has been answered yet', async () => {
    const client = await start({ MAX_CHANNELS: '5' });
    await client.next('system.welcome');
    for (let n = 1; n <= 1_000; n += 1) client.send({ type: 'subscribe', channel: `flood:${n}` });
    expect((await client.closed).code).toBe(1008);
    expect(client.all('subscribed').length).toBeLessThanOrEqual(5);
  });
});
