import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { layoutOf } from '../../services/conductor/engines/local/layout.js';
import { Supervisor } from '../../services/conductor/engines/local/supervisor.js';
import { WorkerClient } from '../../services/conductor/worker-client.js';
import { TestClient } from '../../services/gateway/testing/client.js';
import { checkout, TestStack } from './stack.js';

/** Some `for` is 30 s, and a machine may be busy. */
const PATIENCE = { timeout: 90_000, interval: 250 };
const Alerts = z.object({
  data: z.object({ alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })) }),
});
const Answer = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

let stack: TestStack;
let stalled: WorkerClient;
const clients: TestClient[] = [];

const supervisor = () => new Supervisor(layoutOf(checkout, stack.runDir).socket);
const pidOf = async (name: string): Promise<number> => {
  const pid = (await supervisor().programs()).find((program) => program.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
};

const askPrometheus = async (path: string): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${stack.ports.watching['PROMETHEUS_PORT']}${path}`)).json();

/** A rise is seen only of a counter that was scraped before it. */
const hasSeenBothWorkers = async (): Promise<boolean> => {
  try {
    const answer = await askPrometheus('/api/v1/query?query=count(websocket_rate_limited_messages_total)==2');
    return Answer.parse(answer).data.result.length === 1;
  } catch {
    return false;
  }
};

/** Which of these alerts fire now. Rejects while Prometheus does not answer. */
const firing =
  (...names: readonly string[]) =>
  async (): Promise<readonly string[]> => {
    const { data } = Alerts.parse(await askPrometheus('/api/v1/alerts'));
    const now = data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname']);
    return names.filter((name) => now.includes(name));
  };

/** Straight to a worker: nginx would choose one. */
const clientOf = async (worker: 1 | 2): Promise<TestClient> => {
  const client = await TestClient.connect(`ws://127.0.0.1:${stack.ports.blue + worker}/ws`);
  clients.push(client);
  await client.next('system.welcome');
  return client;
};

/** The rules look back for minutes so that people see what was; promtool has tried those. Here nobody waits for them. */
const lookBackForSeconds = async (): Promise<void> => {
  const rules = join(stack.runDir, 'prometheus/rules');
  for (const file of readdirSync(rules).map((name) => join(rules, name))) {
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('[2m]', '[15s]').replaceAll('for: 15s', 'for: 2s'));
  }
  process.kill(await pidOf('prometheus'), 'SIGHUP');
};

beforeAll(async () => {
  stack = await TestStack.up({
    OBSERVABILITY: 'on',
    SCRAPE_INTERVAL: '1',
    MAX_QUEUE_SIZE: '8',
    // Who waits is not refused before the queue has been full for long enough.
    PUBLISH_TIMEOUT: '60',
    RATE_LIMIT_TRUSTED: 'none',
  });
  await lookBackForSeconds();
  await vi.waitUntil(hasSeenBothWorkers, PATIENCE);
  // Told to begin to move in ten minutes: it drains, and nobody moves.
  await clientOf(1);
  const token = readFileSync(join(stack.runDir, 'control.token'), 'utf8').trim();
  const url = `http://127.0.0.1:${stack.ports.blue + 1}`;
  stalled = new WorkerClient({ color: 'blue', name: '1', url }, token);
  await stalled.drain('deploy', { rate: 1, holdMs: 600_000 });
});
afterAll(async () => {
  for (const client of clients) client.socket.terminate();
  await stack.close();
});

describe('the alert made for it fires in Prometheus, and clears', () => {
  test('a client over its limit', async () => {
    const client = await clientOf(2);
    // Twice 60 may go at once; one by one, for the queue is short.
    for (let n = 0; n < 120; n += 1) await client.publish('limited', n);
    for (let n = 0; n < 4; n += 1) client.send({ type: 'publish', channel: 'limited', data: n, id: `over-${n}` });
    expect((await client.closed).code).toBe(4429);
    await expect.poll(firing('ClientsRateLimited'), PATIENCE).toEqual(['ClientsRateLimited']);
    await expect.poll(firing('RateLimitDisconnects'), PATIENCE).toEqual(['RateLimitDisconnects']);
    await expect.poll(firing('ClientsRateLimited', 'RateLimitDisconnects'), PATIENCE).toEqual([]);
  });

  test('Redis stopped, and a queue that fills meanwhile', async () => {
    const client = await clientOf(2);
    const redis = await pidOf('redis');
    process.kill(redis, 'SIGSTOP');
    try {
      for (let n = 0; n < 30; n += 1) client.send({ type: 'publish', channel: 'full', data: n, id: `full-${n}` });
      await client.next('error', ({ code }) => code === 'overloaded');
      await expect.poll(firing('QueueOverflow'), PATIENCE).toEqual(['QueueOverflow']);
      await expect.poll(firing('RedisDown', 'QueueFull'), PATIENCE).toEqual(['RedisDown', 'QueueFull']);
    } finally {
      process.kill(redis, 'SIGCONT');
    }
    await expect.poll(firing('RedisDown', 'QueueFull', 'QueueOverflow'), PATIENCE).toEqual([]);
  });

  test('a drain that stalls', async () => {
    await expect.poll(firing('DrainStuck'), PATIENCE).toEqual(['DrainStuck']);
    await stalled.cancelDrain();
    await expect.poll(firing('DrainStuck'), PATIENCE).toEqual([]);
  });

  test('a worker that is killed, and one that hangs', async () => {
    process.kill(await pidOf('blue-1'), 'SIGKILL');
    const hanging = await pidOf('blue-2');
    process.kill(hanging, 'SIGSTOP');
    try {
      await expect.poll(firing('WorkerRestarted'), PATIENCE).toEqual(['WorkerRestarted']);
      await expect.poll(firing('WorkerDown'), PATIENCE).toEqual(['WorkerDown']);
    } finally {
      process.kill(hanging, 'SIGCONT');
    }
    await expect.poll(firing('WorkerRestarted', 'WorkerDown'), PATIENCE).toEqual([]);
  });
});
