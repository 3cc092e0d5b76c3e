import { afterEach, expect, it } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const TOKEN = 'a control token for tests';
const SINCE = '2026-11-23T10:30:00.000Z';

let worker: TestWorker;
afterEach(() => worker.app.stop());

const read = async (path: string): Promise<Record<string, unknown>> => {
  const response = await fetch(`${worker.http}${path}`, { headers: { Authorization: `Bearer ${TOKEN}` } });
  return (await response.json()) as Record<string, unknown>;
};
const warnings = () => worker.logs.filter(({ event }) => event === 'worker_returned');

it('a worker that takes the place of one that was killed says so in a warning and at /control/status', async () => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), { CONTROL_TOKEN: TOKEN });
  expect(warnings()).toEqual([]);
  expect(await read('/control/status')).toMatchObject({ restarted: false });
  const { color, worker: name, release } = await read('/version');
  await worker.app.stop();
  await cluster.broker('killed').cluster.renew({
    workerId: 'killed',
    color: String(color),
    worker: String(name),
    release: String(release),
    startedAt: SINCE,
    connections: 7,
    totals: {},
    gauges: {},
  });
  worker = await startWorker((id) => cluster.broker(id), { CONTROL_TOKEN: TOKEN });
  expect(warnings()).toMatchObject([{ level: 'WARN', previous: 'killed', since: SINCE, connections: 7 }]);
  expect(await read('/control/status')).toMatchObject({ restarted: true });
});
