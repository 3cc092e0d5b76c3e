import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processesOf, retiringGenerations, titleOf } from '../../services/conductor/processes.js';
import { Publisher } from './publisher.js';
import { NOTHING_HAPPENED, RecoveringClient, unharmed } from './recovering-client.js';
import { TestStack } from './stack.js';

/** 50 readers a channel at 100 messages a second are 5,000 deliveries a second. */
const CLIENTS = 1_000;
const CHANNELS = Array.from({ length: 20 }, (_, index) => `load:${index}`);
const PUBLISHERS = 10;
const PER_SECOND = 100;

let stack: TestStack;
let clients: RecoveringClient[];
let publishers: Publisher[];
beforeEach(async () => {
  stack = await TestStack.up();
  clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) =>
      RecoveringClient.connect(stack.socketUrl, CHANNELS[index % CHANNELS.length] ?? ''),
    ),
  );
  publishers = Array.from({ length: PUBLISHERS }, (_, index) => new Publisher(stack.socketUrl, `publisher-${index}`));
  for (const publisher of publishers) publisher.start(CHANNELS, PER_SECOND / PUBLISHERS);
});
afterEach(() => stack.close());

/** Waits until every client has everything that was acked, and gives what was acked, by channel. */
const settle = async (): Promise<Map<string, Set<number>>> => {
  await Promise.all(publishers.map((publisher) => publisher.finish()));
  const acked = new Map(
    CHANNELS.map((channel) => [channel, new Set(publishers.flatMap(({ acked: all }) => all.get(channel) ?? []))]),
  );
  await Promise.all(
    clients.map((client, index) => {
      const newest = Math.max(...(acked.get(CHANNELS[index % CHANNELS.length] ?? '') ?? []));
      return client.when(() => client.lastOffset >= newest);
    }),
  );
  return acked;
};

/** Every acked publication once: as many offsets as messages, and each client has had each of them from its first on. */
const expectNothingLost = (acked: ReadonlyMap<string, ReadonlySet<number>>): void => {
  const sent = publishers.reduce((sum, publisher) => sum + publisher.sent, 0);
  expect([...acked.values()].reduce((sum, offsets) => sum + offsets.size, 0)).toBe(sent);
  for (const [index, client] of clients.entries()) {
    const seen = new Set(client.offsets);
    const first = client.offsets[0] ?? 0;
    const missing = [...(acked.get(CHANNELS[index % CHANNELS.length] ?? '') ?? [])].filter(
      (offset) => offset >= first && !seen.has(offset),
    );
    expect(missing).toEqual([]);
  }
};

test('[deploy-1] 1,000 clients at 5,000 deliveries a second notice no promote, forth and back', async () => {
  for (const to of ['green', 'blue']) {
    const result = await stack.promote();
    expect(result).toMatchObject({ outcome: 'done', active: to });
  }
  expectNothingLost(await settle());
  expect(new Set(clients.map((client) => JSON.stringify(unharmed(client))))).toEqual(
    new Set([JSON.stringify(NOTHING_HAPPENED)]),
  );
  expect(publishers.map(({ refused }) => refused)).toEqual(publishers.map(() => 0));
  expect(new Set(clients.flatMap(({ closeCodes }) => closeCodes))).toEqual(new Set([1012]));
  for (const client of clients) client.end();
});

test('[acked-1] a worker killed under load: its clients recover elsewhere, and the count is right within 5 s', async () => {
  const active = (await stack.status()).colors.find((color) => color.active);
  const victim = active?.workers[0]?.pid;
  if (victim === undefined) throw new Error('no worker runs');
  await expect.poll(() => clients.every((client) => client.offsets.length > 5), { timeout: 20_000 }).toBe(true);
  process.kill(victim, 'SIGKILL');
  const killedAt = Date.now();
  const count = async (): Promise<number> => {
    const text = await (await fetch(stack.metricsUrl)).text();
    return Number(/^websocket_active_connections (\d+)/m.exec(text)?.[1]);
  };
  await expect.poll(count, { timeout: 10_000, interval: 100 }).toBe(CLIENTS + PUBLISHERS);
  expect(Date.now() - killedAt).toBeLessThan(5_500);
  // What the leases say is what the kernel has: open sockets of the workers that nginx holds the other end of.
  await expect.poll(() => establishedOn(workerPorts(stack)), { timeout: 10_000 }).toBe(CLIENTS + PUBLISHERS);
  expectNothingLost(await settle());
  expect(
    new Set(clients.map(({ lost, duplicated, outOfOrder, reloads }) => lost + duplicated + outOfOrder + reloads)),
  ).toEqual(new Set([0]));
  for (const client of clients) client.end();
});

const workerPorts = ({ ports }: TestStack): ReadonlySet<number> =>
  new Set([1, 2].flatMap((worker) => [ports.blue + worker, ports.green + worker]));

/** Established TCP connections whose local port is one of these, by the kernel's own table. */
const establishedOn = (ports: ReadonlySet<number>): number =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '01' && ports.has(Number.parseInt(local?.split(':')[1] ?? '', 16)))
    .length;

test('ten promotes in a row leave no nginx generation and no process behind', async () => {
  // A release is in the path of its workers; apart from that the same processes run afterwards.
  const titles = (): string[] =>
    processesOf(stack.runDir)
      .map((pid) => titleOf(pid).replaceAll(/\/releases\/[^/]+/g, ''))
      .sort();
  const before = titles();
  for (let round = 0; round < 10; round += 1) {
    expect(await stack.promote()).toMatchObject({ outcome: 'done' });
    expect(retiringGenerations(stack.runDir).length).toBeLessThanOrEqual(1);
  }
  expectNothingLost(await settle());
  expect(new Set(clients.map((client) => JSON.stringify(unharmed(client))))).toEqual(
    new Set([JSON.stringify(NOTHING_HAPPENED)]),
  );
  for (const client of clients) client.end();
  await expect.poll(() => retiringGenerations(stack.runDir)).toEqual([]);
  expect(titles()).toEqual(before);
});
