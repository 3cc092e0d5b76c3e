import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', DRAIN_GRACE: '2' });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green' });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const chat = async (worker: TestWorker, session?: string): Promise<{ client: TestClient; session: string }> => {
  const client = await TestClient.connect(`${worker.ws}/ws/chat/${session === undefined ? '' : `?session=${session}`}`);
  const welcome = await client.next('system.welcome');
  return { client, session: welcome.session_id };
};
const offsets = (client: TestClient): number[] => client.all('message').map(({ offset }) => offset);
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => index + first);

describe('/ws/chat/', () => {
  it('[chat-1] subscribes the client to chat after the welcome', async () => {
    const { client } = await chat(blue);
    expect(await client.next('subscribed')).toMatchObject({ channel: 'chat', offset: 0 });
    expect(client.frames.map(({ type }) => type)).toEqual(['system.welcome', 'subscribed']);
  });

  it('[chat-2] [count-1] acks what a person types with the count, and others on the other color read it', async () => {
    const typing = await chat(blue);
    const reading = await chat(green);
    await reading.client.next('subscribed');
    typing.client.send('hello');
    expect(await typing.client.next('ack')).toMatchObject({ channel: 'chat', message_count: 1 });
    typing.client.send('again');
    expect(await typing.client.next('ack')).toMatchObject({ message_count: 2 });
    expect((await reading.client.next('message')).data).toBe('hello');
    expect((await reading.client.next('message')).data).toBe('again');
  });

  it.each(['42', '"quoted"', '[1]', '{not json', 'null', ' spaced '])(
    '[chat-2] takes %j as text: it is no JSON object',
    async (text) => {
      const { client } = await chat(blue);
      client.send(text);
      expect((await client.next('message')).data).toBe(text);
    },
  );

  it('[chat-2] takes a JSON object as a frame, with its errors', async () => {
    const { client } = await chat(blue);
    client.send({ type: 'publish', channel: 'other', data: 1, id: 'x' });
    expect(await client.next('ack')).toMatchObject({ id: 'x', channel: 'other', message_count: 1 });
    client.send({ hello: 'you' });
    expect(await client.next('error')).toMatchObject({ code: 'invalid_frame' });
  });

  it('[chat-3] [resume-3] goes on from the last confirmed place, on another worker, with the count', async () => {
    const reader = await chat(blue);
    await reader.client.next('subscribed');
    const writer = await chat(green);
    for (let n = 1; n <= 10; n += 1) writer.client.send(`line ${n}`);
    await reader.client.next('message', (frame) => frame.data === 'line 10');
    // The pong for offset 10 is on its way back: this connection's own close follows it.
    await waitForPlace(reader.client);
    await reader.client.close();
    for (let n = 11; n <= 20; n += 1) writer.client.send(`line ${n}`);
    await writer.client.next('ack', (frame) => frame.message_count === 20);
    const back = await chat(green, reader.session);
    expect(await back.client.next('subscribed')).toMatchObject({ recovered: true });
    await back.client.next('message', (frame) => frame.data === 'line 20');
    expect(offsets(back.client)).toEqual(upTo(20, 11));
  });

  it('[chat-3] [resume-4] a client that never answered a ping misses nothing: all comes again from its place', async () => {
    const reader = await TestClient.connect(`${blue.ws}/ws/chat`, { autoPong: false });
    const { session_id: session } = await reader.next('system.welcome');
    await reader.next('subscribed');
    const writer = await chat(green);
    for (let n = 1; n <= 10; n += 1) writer.client.send(`line ${n}`);
    await reader.next('message', (frame) => frame.data === 'line 10');
    reader.socket.terminate();
    const back = await chat(green, session);
    await back.client.next('message', (frame) => frame.data === 'line 10');
    expect(offsets(back.client)).toEqual(upTo(10));
  });

  it('[deploy-2] [move-6] a move ends with bye and 1012, and the next connection goes on exactly there', async () => {
    const readers = await Promise.all(Array.from({ length: 20 }, () => chat(blue)));
    const writer = await chat(green);
    let written = 0;
    const writing = setInterval(() => writer.client.send(`line ${(written += 1)}`), 5);
    await readers[0]!.client.next('message', (frame) => frame.data === 'line 20');
    blue.app.draining.begin('deploy');
    const successors = await Promise.all(
      readers.map(async ({ client, session }) => {
        expect((await client.closed).code).toBe(1012);
        expect(client.frames.at(-1)).toMatchObject({ type: 'system.bye', reason: 'deploy' });
        return chat(green, session);
      }),
    );
    clearInterval(writing);
    writer.client.send('end');
    await Promise.all(successors.map(({ client }) => client.next('message', (frame) => frame.data === 'end')));
    for (const [index, { client }] of successors.entries()) {
      expect([...offsets(readers[index]!.client), ...offsets(client)]).toEqual(upTo(written + 1));
    }
  });
});

it('[move-6] [bye-1] what a client sent before it answered the last ping is acked before the goodbye', async () => {
  const reader = await TestClient.connect(`${blue.ws}/ws/chat/`, { autoPong: false });
  await reader.next('subscribed');
  const pings: Buffer[] = [];
  reader.socket.on('ping', (payload: Buffer) => pings.push(payload));
  await expect.poll(() => pings.length).toBeGreaterThan(0);
  blue.app.draining.begin('deploy');
  // The answer to an earlier ping, for the same place, is still under way when the move begins.
  reader.socket.pong(pings[0]);
  await expect.poll(() => pings.at(-1)?.toString()).toMatch(/^!/);
  reader.send('typed in the last moment');
  reader.socket.pong(pings.at(-1));
  expect((await reader.closed).code).toBe(1012);
  expect(reader.all('ack')).toHaveLength(1);
  expect(reader.frames.at(-1)).toMatchObject({ type: 'system.bye', message_count: 1 });
});

/** Resolves when a WebSocket ping has come after the last message: its pong carries the place. */
const waitForPlace = (client: TestClient): Promise<void> =>
  new Promise((resolve) => {
    const last = offsets(client).at(-1);
    client.socket.on('ping', (payload: Buffer) => {
      if (payload.toString().startsWith(`${last}:`)) resolve();
    });
  });
