import { expect, onTestFinished, test } from 'vitest';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { TestClient } from '../../gateway/testing/client.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { fakeSite } from '../testing/fake-site.js';
import { moveConnections } from './move.js';

test('nobody is told to move while a move is paused, and everybody afterwards', async () => {
  const cluster = createMemoryCluster();
  const site = fakeSite();
  const run = async (color: 'blue' | 'green'): Promise<TestWorker> => {
    const settings = { COLOR: color, CONTROL_TOKEN: site.run.controlToken() };
    const worker = await startWorker((id) => cluster.broker(id), settings);
    onTestFinished(() => worker.app.stop());
    site.engine.runs(color, worker.http);
    return worker;
  };
  const [blue] = await Promise.all([run('blue'), run('green')]);
  const clients = await Promise.all(Array.from({ length: 20 }, () => TestClient.connect(`${blue.ws}/ws`)));
  const told = (): number =>
    clients.filter(({ frames }) => frames.some(({ type }) => type === 'system.reconnect')).length;

  let looks = 0;
  const toldWhilePaused: number[] = [];
  const moved = await moveConnections(site, 'blue', {
    reason: 'deploy',
    rate: 1_000,
    timeoutMs: 10_000,
    target: 'green',
    look: async () => {
      looks += 1;
      if (looks > 6) return { kind: 'well', room: 1 };
      toldWhilePaused.push(told());
      return { kind: 'trouble', why: 'it is late' };
    },
  });
  expect(toldWhilePaused).toEqual([0, 0, 0, 0, 0, 0]);
  expect(moved).toMatchObject({ moved: 20, left: 0 });
  expect(told()).toBe(20);
});
