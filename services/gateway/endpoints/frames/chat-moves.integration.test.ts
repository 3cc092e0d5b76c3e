import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../broker/broker.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let broker: Broker;
let blue: TestWorker;
let green: TestWorker;

// The places wait long, so that only what a move itself stores is there in time.
beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { PLACE_INTERVAL: '60', DRAIN_GRACE: '1' };
  blue = await startWorker((id) => (broker = cluster.broker(id)), { COLOR: 'blue', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const chat = async ({ ws }: TestWorker, session?: string, autoPong = true) => {
  const url = `${ws}/ws/chat/${session === undefined ? '' : `?session=${session}`}`;
  const client = await TestClient.connect(url, { autoPong });
  const { session_id: id } = await client.next('system.welcome');
  return { client, session: id };
};
const offsets = (client: TestClient): number[] => client.all('message').map(({ offset }) => offset);
/** The payloads of pings so far. */
const pingsOf = ({ socket }: TestClient): string[] => {
  const payloads: string[] = [];
  socket.on('ping', (payload: Buffer) => payloads.push(payload.toString()));
  return payloads;
};
/** Holds one call back until it is let through. */
const gate = () => {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

describe('a move on /ws/chat/', () => {
  it('[move-6] [resume-4] stores the place that the last pong confirms, before the goodbye', async () => {
    const reader = await chat(blue);
    await reader.client.next('subscribed');
    for (const text of ['one', 'two', 'three']) reader.client.send(text);
    await reader.client.next('message', ({ offset }) => offset === 3);
    const stored = gate();
    const write = broker.sessions.savePlaces.bind(broker.sessions);
    const writes = vi.spyOn(broker.sessions, 'savePlaces').mockImplementationOnce(async (places) => {
      await stored.opened;
      await write(places);
    });
    blue.app.draining.begin('deploy');
    await vi.waitFor(() => expect(writes).toHaveBeenCalled());
    // Redis has not taken it yet: the client is still here, and what it types is answered, however late.
    const logged = gate();
    const publish = broker.log.publish.bind(broker.log);
    const publishing = vi.spyOn(broker.log, 'publish').mockImplementationOnce(async (request) => {
      await logged.opened;
      return publish(request);
    });
    reader.client.send('typed in the last moment');
    await vi.waitFor(() => expect(publishing).toHaveBeenCalled());
    stored.open();
    await reader.client.settle();
    logged.open();
    expect(await reader.client.next('ack', ({ message_count: count }) => count === 4)).toMatchObject({ offset: 4 });
    expect((await reader.client.closed).code).toBe(1012);
    expect(offsets(reader.client)).toEqual([1, 2, 3]);
    const back = await chat(green, reader.session);
    await back.client.next('message');
    expect(offsets(back.client)).toEqual([4]);
  });

  it('[move-6] delivers nothing after the last ping: what comes then is for the next connection', async () => {
    const reader = await chat(blue, undefined, false);
    await reader.client.next('subscribed');
    const writer = await chat(green);
    writer.client.send('one');
    await reader.client.next('message');
    const pings = pingsOf(reader.client);
    blue.app.draining.begin('deploy');
    await expect.poll(() => pings.length).toBe(1);
    writer.client.send('two');
    await writer.client.next('message', ({ offset }) => offset === 2);
    reader.client.socket.pong(pings[0]);
    expect((await reader.client.closed).code).toBe(1012);
    expect(offsets(reader.client)).toEqual([1]);
    const back = await chat(green, reader.session);
    await back.client.next('message');
    expect(offsets(back.client)).toEqual([2]);
  });

  it('[move-6] [resume-4] waits for the pong no longer than the grace; all comes again from the last place', async () => {
    const reader = await chat(blue, undefined, false);
    await reader.client.next('subscribed');
    reader.client.send('one');
    await reader.client.next('message');
    blue.app.draining.begin('deploy');
    expect((await reader.client.closed).code).toBe(1012);
    expect(reader.client.frames.at(-1)).toMatchObject({ type: 'system.bye', message_count: 1 });
    const back = await chat(green, reader.session);
    expect((await back.client.next('message')).offset).toBe(1);
  });

  it('[move-6] [acked-1] answers every publish in flight before the goodbye', async () => {
    const reader = await chat(blue);
    await reader.client.next('subscribed');
    const logged = gate();
    const publish = broker.log.publish.bind(broker.log);
    const publishing = vi.spyOn(broker.log, 'publish').mockImplementationOnce(async (request) => {
      await logged.opened;
      return publish(request);
    });
    reader.client.send('slow');
    await vi.waitFor(() => expect(publishing).toHaveBeenCalled());
    const pings = pingsOf(reader.client);
    blue.app.draining.begin('deploy');
    await expect.poll(() => pings.length).toBe(1);
    await reader.client.settle();
    logged.open();
    expect((await reader.client.closed).code).toBe(1012);
    expect(reader.client.frames.slice(-2)).toMatchObject([{ type: 'ack' }, { type: 'system.bye', message_count: 1 }]);
  });

  it('[move-6] waits until the channel is subscribed, so that there is a place to store', async () => {
    const first = await chat(green);
    await first.client.close();
    const listening = gate();
    const listen = broker.log.listen.bind(broker.log);
    const heard = vi.spyOn(broker.log, 'listen').mockImplementationOnce(async (channel) => {
      await listening.opened;
      await listen(channel);
    });
    const reader = await chat(blue, first.session);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled());
    const pings = pingsOf(reader.client);
    blue.app.draining.begin('deploy');
    await reader.client.settle();
    listening.open();
    expect((await reader.client.closed).code).toBe(1012);
    expect(pings).toHaveLength(1);
    expect(reader.client.frames.map(({ type }) => type)).toEqual([
      'system.welcome',
      'system.pong',
      'subscribed',
      'system.bye',
    ]);
  });
});

describe('/ws/chat/ that can not be subscribed', () => {
  it('[chat-1] [close-1013] is closed, since its client would never ask again, and goes on from its place', async () => {
    const first = await chat(green);
    await first.client.next('subscribed');
    await first.client.close();
    cluster.breakSubscription(blue.workerId);
    const second = await chat(blue, first.session);
    expect(await second.client.next('error')).toMatchObject({ code: 'unavailable' });
    expect((await second.client.closed).code).toBe(1013);
    expect(second.client.frames.at(-1)?.type).toBe('system.bye');
    cluster.restoreSubscription(blue.workerId);
    const third = await chat(blue, first.session);
    expect(await third.client.next('subscribed')).toMatchObject({ recovered: true });
  });
});

describe('pongs on /ws/chat/', () => {
  it('[alive-1] nonsense in a pong is only a sign of life', async () => {
    const { client } = await chat(blue);
    for (const payload of ['', ':', 'x', '1', '!', '-1:e', '1.5:e', '9e99:e', `1:${'e'.repeat(65)}`]) {
      client.socket.pong(payload);
    }
    client.send('still here');
    expect(await client.next('ack')).toMatchObject({ message_count: 1 });
  });
});
