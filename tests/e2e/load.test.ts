import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Crowd } from './crowd.js';
import { NOTHING_HAPPENED, unharmed } from './recovering-client.js';
import { TestStack } from './stack.js';

let stack: TestStack;
let crowd: Crowd;
beforeEach(async () => {
  stack = await TestStack.up();
  // 50 readers a channel at 100 messages a second are 5,000 deliveries a second.
  crowd = await Crowd.gather(stack.socketUrl, { clients: 1_000, channels: 20, publishers: 10, perSecond: 100 });
});
afterEach(() => stack.close());

test('[deploy-1] 1,000 clients at 5,000 deliveries a second notice no promote, forth and back', async () => {
  for (const to of ['green', 'blue']) {
    const result = await stack.promote();
    expect(result).toMatchObject({ outcome: 'done', active: to });
  }
  const { sent, kept, missing } = await crowd.account();
  expect({ kept, missing }).toEqual({ kept: sent, missing: [] });
  expect(new Set(crowd.clients.map((client) => JSON.stringify(unharmed(client))))).toEqual(
    new Set([JSON.stringify(NOTHING_HAPPENED)]),
  );
  expect(crowd.publishers.map(({ refused }) => refused)).toEqual(crowd.publishers.map(() => 0));
  expect(new Set(crowd.clients.flatMap(({ closeCodes }) => closeCodes))).toEqual(new Set([1012]));
  crowd.end();
});

test('[acked-1] a worker killed under load: its clients recover elsewhere, and the count is right within 5 s', async () => {
  const active = (await stack.status()).colors.find((color) => color.active);
  const victim = active?.workers[0]?.pid;
  if (victim === undefined) throw new Error('no worker runs');
  await expect.poll(() => crowd.clients.every(({ offsets }) => offsets.length > 5), { timeout: 20_000 }).toBe(true);
  process.kill(victim, 'SIGKILL');
  const killedAt = Date.now();
  const count = async (): Promise<number> => {
    const text = await (await fetch(stack.metricsUrl)).text();
    return Number(/^websocket_active_connections (\d+)/m.exec(text)?.[1]);
  };
  await expect.poll(count, { timeout: 10_000, interval: 100 }).toBe(crowd.connections);
  expect(Date.now() - killedAt).toBeLessThan(5_500);
  // What the leases say is what the kernel has: open sockets of the workers that nginx holds the other end of.
  await expect.poll(() => establishedOn(workerPorts(stack)), { timeout: 10_000 }).toBe(crowd.connections);
  const { sent, kept, missing } = await crowd.account();
  expect({ kept, missing }).toEqual({ kept: sent, missing: [] });
  expect(
    new Set(crowd.clients.map(({ lost, duplicated, outOfOrder, reloads }) => lost + duplicated + outOfOrder + reloads)),
  ).toEqual(new Set([0]));
  crowd.end();
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
