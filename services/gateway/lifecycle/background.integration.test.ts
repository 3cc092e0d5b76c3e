import { afterEach, expect, it, vi } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

let worker: TestWorker;
afterEach(() => worker.app.stop());

it('a background loop of a worker that dies is started again, logged and counted, and the worker goes on', async () => {
  let failures = 2;
  let added = 0;
  worker = await startWorker(
    (id) => {
      const broker = createMemoryCluster().broker(id);
      broker.samples.add = async () => {
        failures -= 1;
        if (failures >= 0) throw new Error('ill');
        added += 1;
        return true;
      };
      return broker;
    },
    { METRICS_SAMPLE_INTERVAL: '0.05', TASK_RESTART_INTERVAL: '0.1', METRICS_HISTORY: '60' },
  );
  await vi.waitFor(() => expect(added).toBeGreaterThan(2), { timeout: 10_000 });
  const metrics = await (await fetch(`${worker.http}/metrics/`)).text();
  expect(metrics).toContain('websocket_background_restarts_total{task="sampler"} 2');
  expect(worker.logs.filter(({ event }) => event === 'background_restarted')).toHaveLength(2);
  expect((await fetch(`${worker.http}/healthz/`)).status).toBe(200);
});
