import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesOf, retiringGenerations, titleOf } from '../../services/conductor/processes.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { TestStack } from './stack.js';

const CLIENTS = 1_000;
const CHANNELS = 20;
const MESSAGES_PER_SECOND = 100;
const HANDSHAKES_AT_ONCE = 50;

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.up();
});
afterAll(() => stack.close());

const connectAll = async (): Promise<readonly RecoveringClient[]> => {
  const clients: RecoveringClient[] = [];
  while (clients.length < CLIENTS) {
    const batch = Array.from({ length: HANDSHAKES_AT_ONCE }, (_, index) =>
      RecoveringClient.connect(stack.socketUrl, `load-${(clients.length + index) % CHANNELS}`),
    );
    clients.push(...(await Promise.all(batch)));
  }
  return clients;
};

/** Publishes in every channel in turn, through a client of that channel. */
const speak = (clients: readonly RecoveringClient[]): Readonly<{ stop: () => readonly number[] }> => {
  const sent = Array.from({ length: CHANNELS }, () => 0);
  let turn = 0;
  const timer = setInterval(() => {
    const channel = turn % CHANNELS;
    turn += 1;
    sent[channel] = (sent[channel] ?? 0) + 1;
    clients[channel]?.publish(`message ${turn}`, `load-${turn}`);
  }, 1_000 / MESSAGES_PER_SECOND);
  return {
    stop: () => {
      clearInterval(timer);
      return sent;
    },
  };
};

test('a promote and a promote back under load: nothing lost, twice, out of order or refused (order, deploys)', async () => {
  const clients = await connectAll();
  const speaking = speak(clients);
  for (const to of ['green', 'blue']) {
    expect(await stack.promote()).toMatchObject({ outcome: 'done', active: to, deploys: [{ shortfalls: [] }] });
  }
  const sent = speaking.stop();
  await Promise.all(clients.slice(0, CHANNELS).map((client) => client.when(() => client.unacked === 0)));
  await Promise.all(clients.map((client, index) => client.when(() => client.lastOffset === sent[index % CHANNELS])));
  const harmed = clients
    .map(unharmed)
    .filter((account) => JSON.stringify(account) !== JSON.stringify(NOTHING_HAPPENED));
  expect(harmed).toEqual([]);
  expect(clients.every(({ offsets }, index) => offsets.length === sent[index % CHANNELS])).toBe(true);
  for (const client of clients) client.end();
});

test('ten promotes in a row leave no nginx generation and no process over', async () => {
  const client = await RecoveringClient.connect(stack.socketUrl, 'ten-promotes');
  const titles = () => processesOf(stack.runDir).map((pid) => titleOf(pid).replaceAll(/\/releases\/[^/]+/g, ''));
  const before = titles().sort();
  for (let count = 1; count <= 10; count += 1) {
    const result = await stack.promote();
    expect(result).toMatchObject({ outcome: 'done', deploys: [{ moved: 1, shortfalls: [] }] });
    expect(retiringGenerations(stack.runDir).length).toBeLessThanOrEqual(1);
    client.publish(`after promote ${count}`, `promote-${count}`);
    await client.when(() => client.lastOffset === count);
  }
  expect(retiringGenerations(stack.runDir)).toEqual([]);
  expect(titles().sort()).toEqual(before);
  expect(unharmed(client)).toEqual(NOTHING_HAPPENED);
  client.end();
});
