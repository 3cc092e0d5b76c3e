import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DEFAULT_LIMITS, type Broker } from '../../broker/broker.js';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { createRedisBroker } from '../../broker/redis/redis-broker.js';
import { redisFor } from '../../broker/testing/redis-worker.js';
import { MAX_COUNTED_CHANNELS } from '../../session/session.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const CHANNELS = Array.from({ length: MAX_COUNTED_CHANNELS + 50 }, (_, n) => `room:${n}`);

const start = async (broker: (workerId: string) => Broker): Promise<TestWorker> => {
  const worker = await startWorker(broker);
  onTestFinished(() => worker.app.stop());
  return worker;
};
const publishAll = async (client: TestClient, channels: readonly string[], id: string): Promise<void> => {
  for (const channel of channels) client.send({ type: 'publish', channel, data: 1, id });
  for (let n = 0; n < channels.length; n += 1) await client.next('ack', (ack) => ack.id === id);
};

describe('publishes to many channels', () => {
  it('[count-1] [resume-1] [once-1] counts each publish once, also in more channels than it knows one by one', async () => {
    const { url } = await redisFor();
    const { ws } = await start((workerId) => createRedisBroker({ url, workerId, limits: DEFAULT_LIMITS }));
    const client = await TestClient.connect(`${ws}/ws`);
    const { session_id: session } = await client.next('system.welcome');
    await publishAll(client, CHANNELS, '1');
    await publishAll(client, CHANNELS.toReversed(), '2');
    const count = 2 * CHANNELS.length + 1;
    expect((await client.publish('room:0', 'once more')).message_count).toBe(count);
    client.send({ type: 'publish', channel: 'room:0', data: 1, id: '1' });
    expect(await client.next('ack', ({ duplicate }) => duplicate === true)).toMatchObject({
      offset: 1,
      message_count: count,
    });
    await client.close();
    const again = await TestClient.connect(`${ws}/ws?session=${session}`);
    expect(await again.next('system.welcome')).toMatchObject({ resumed: true, message_count: count });
    await again.close();
  });

  it('[count-1] counts one once that is still under way while its channel is folded', async () => {
    const broker = createMemoryCluster().broker('w1');
    const { ws } = await start(() => broker);
    const client = await TestClient.connect(`${ws}/ws`);
    const { session_id: session } = await client.next('system.welcome');
    await client.publish('slow', 1);
    const publish = broker.log.publish.bind(broker.log);
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    vi.spyOn(broker.log, 'publish').mockImplementation(async (request) => {
      const accepted = await publish(request);
      if (request.channel === 'slow') await released;
      return accepted;
    });
    client.send({ type: 'publish', channel: 'slow', data: 2, id: 'slow' });
    await publishAll(client, CHANNELS, '1');
    release();
    const count = CHANNELS.length + 2;
    expect(await client.next('ack', ({ id }) => id === 'slow')).toMatchObject({ offset: 2, message_count: count });
    await client.close();
    const again = await TestClient.connect(`${ws}/ws?session=${session}`);
    expect(await again.next('system.welcome')).toMatchObject({ resumed: true, message_count: count });
    await again.close();
  });
});
