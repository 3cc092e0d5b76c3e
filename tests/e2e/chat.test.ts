import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestClient } from '../../services/gateway/testing/client.js';
import { ChatClient } from './chat-clients.js';
import { Publisher } from './publisher.js';
import { TestStack } from './stack.js';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.up({ DRAIN_GRACE: '3' });
});
afterEach(() => stack.close());

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => index + first);

test('[resume-1] [deploy-1] 40 clients that keep only their session, 20 messages a second, two promotes: 0 lost, 0 twice', async () => {
  const clients = Array.from({ length: 40 }, () => new ChatClient(stack.socketUrl));
  const [typist] = clients;
  const publisher = new Publisher(stack.socketUrl, 'chatter');
  publisher.start(['chat'], 20);
  await Promise.all(clients.map((client) => client.when(() => client.offsets.length >= 20)));
  typist?.type('a line of its own');
  await typist?.when(() => typist.acks === 1);
  for (const to of ['green', 'blue']) expect(await stack.promote()).toMatchObject({ outcome: 'done', active: to });
  typist?.type('another one');
  await typist?.when(() => typist.acks === 2);
  expect(typist?.messageCount).toBe(2);
  await publisher.finish();
  const newest = Math.max(...(publisher.acked.get('chat') ?? []));
  await Promise.all(clients.map((client) => client.when(() => (client.offsets.at(-1) ?? 0) >= newest)));
  for (const client of clients) {
    expect(client.offsets).toEqual(upTo(client.offsets.at(-1) ?? 0, client.offsets[0]));
    expect(client.closeCodes).toEqual([1012, 1012]);
    expect(client.refused).toBe(0);
    client.end();
  }
});

test('[resume-1] a client that reads nothing for 10 s and is cut misses nothing afterwards', async () => {
  const client = new ChatClient(stack.socketUrl);
  const publisher = new Publisher(stack.socketUrl, 'chatter');
  publisher.start(['chat'], 20);
  await client.when(() => client.offsets.length >= 20);
  client.socket.pause();
  const acked = (): number => publisher.acked.get('chat')?.length ?? 0;
  const before = acked();
  // Ten seconds, by the messages that are sent in them.
  await expect.poll(acked, { timeout: 30_000 }).toBeGreaterThanOrEqual(before + 200);
  client.socket.terminate();
  await publisher.finish();
  const newest = Math.max(...(publisher.acked.get('chat') ?? []));
  await client.when(() => (client.offsets.at(-1) ?? 0) >= newest);
  expect([...new Set(client.offsets)].sort((a, b) => a - b)).toEqual(upTo(newest, client.offsets[0]));
  client.end();
});

test('[order-1] a client pinned to a blue worker and one pinned to a green worker see the same in the same order', async () => {
  // Green runs beside blue while a promote has started it: held there by connections that take their time to move.
  const blue = await TestClient.connect(`ws://127.0.0.1:${stack.ports.blue + 1}/ws`);
  await blue.subscribe('both');
  const promoting = stack.promote();
  const told = blue.next('system.reconnect');
  await told;
  const green = await TestClient.connect(`ws://127.0.0.1:${stack.ports.green + 1}/ws`);
  expect((await green.next('system.welcome')).color).toBe('green');
  await green.subscribe('both');
  await Promise.all(upTo(20).map((n) => (n % 2 === 0 ? blue : green).publish('both', n)));
  await Promise.all([blue, green].map((client) => client.next('message', ({ offset }) => offset === 20)));
  const seen = (client: TestClient) => client.all('message').map(({ offset, data }) => [offset, data]);
  expect(seen(green)).toEqual(seen(blue));
  expect(seen(blue).map(([offset]) => offset)).toEqual(upTo(20));
  await Promise.all([blue.close(), green.close()]);
  expect(await promoting).toMatchObject({ outcome: 'done' });
});
