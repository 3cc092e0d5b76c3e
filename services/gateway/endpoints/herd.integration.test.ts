import { expect, onTestFinished, test, vi } from 'vitest';
import type { Broker } from '../broker/broker.js';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { TestClient } from '../testing/client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';
import { UpgradeTurns } from '../transport/upgrade-turns.js';

const HERD = 100;
const AT_ONCE = 32;

let broker: Broker;
const start = async (settings: Readonly<Record<string, string>> = {}): Promise<TestWorker> => {
  const cluster = createMemoryCluster();
  const worker = await startWorker((id) => (broker = cluster.broker(id)), settings);
  onTestFinished(async () => {
    vi.restoreAllMocks();
    await worker.app.stop();
  });
  return worker;
};

test('of a herd so many sessions are opened at a time, and who is open is served meanwhile', async () => {
  const worker = await start();
  const talker = await TestClient.connect(`${worker.ws}/ws`);
  await talker.next('system.welcome');
  const create = broker.sessions.create.bind(broker.sessions);
  const entering: (() => void)[] = [];
  vi.spyOn(broker.sessions, 'create').mockImplementation(async (...words) => {
    await new Promise<void>((resolve) => entering.push(resolve));
    return create(...words);
  });
  const herd = await Promise.all(Array.from({ length: HERD }, () => TestClient.connect(`${worker.ws}/ws`)));
  await expect.poll(() => entering.length).toBe(AT_ONCE);
  await talker.publish('room', 'among a herd');
  expect(entering).toHaveLength(AT_ONCE);
  // Each that is opened makes room for one.
  entering[0]?.();
  await expect.poll(() => entering.length).toBe(AT_ONCE + 1);
  for (let at = 1; at < HERD; at += 1) {
    await expect.poll(() => entering.length).toBeGreaterThan(at);
    entering[at]?.();
  }
  await Promise.all(herd.map((client) => client.next('system.welcome')));
  await Promise.all([talker, ...herd].map((client) => client.close()));
});

// Whether an address may connect is known at once where it is trusted; of any other the cluster is asked.
test.each([
  { admitted: 'at once', settings: {}, door: 'take' },
  {
    admitted: 'later',
    door: 'takeLate',
    settings: { RATE_LIMIT_TRUSTED: 'none', RATE_LIMIT_CONNECTIONS_PER_WINDOW: '1000' },
  },
] as const)('every handshake that is admitted $admitted takes its turn', async ({ settings, door }) => {
  const worker = await start(settings);
  const take = vi.spyOn(UpgradeTurns.prototype, door);
  const herd = await Promise.all(Array.from({ length: HERD }, () => TestClient.connect(`${worker.ws}/ws`)));
  expect(take).toHaveBeenCalledTimes(HERD);
  await Promise.all(herd.map((client) => client.close()));
});
