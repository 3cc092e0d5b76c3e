import { expect, onTestFinished, test } from 'vitest';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { fakeSite } from '../testing/fake-site.js';
import { warmUpColor } from './warm-up.js';

const site = () => fakeSite();
const opened = (worker: TestWorker): readonly unknown[] =>
  worker.logs.filter(({ event }) => event === 'websocket_connected');

const greenOf = async (made: ReturnType<typeof site>): Promise<TestWorker> => {
  const cluster = createMemoryCluster();
  const worker = await startWorker((id) => cluster.broker(id), {
    COLOR: 'green',
    CONTROL_TOKEN: made.run.controlToken(),
  });
  onTestFinished(() => worker.app.stop());
  made.engine.runs('green', worker.http);
  return worker;
};

test('each worker sees so many connections, most of which resume; no figure of users counts them, and all are gone', async () => {
  const made = site();
  const worker = await greenOf(made);
  await warmUpColor(made, 'green', 40, new AbortController().signal);
  expect(opened(worker)).toHaveLength(40);
  await expect.poll(() => worker.app.connections.size).toBe(0);
  const metrics = await (await fetch(`${worker.http}/metrics/`)).text();
  expect(metrics).not.toMatch(/^websocket_connections_total\{.*\} [1-9]/m);
});

test('a worker that does not serve one of them is an error', async () => {
  const made = site();
  const worker = await greenOf(made);
  await worker.app.stop();
  await expect(warmUpColor(made, 'green', 8, new AbortController().signal)).rejects.toThrow('/ws');
});

test('an interrupt ends it', async () => {
  const made = site();
  const worker = await greenOf(made);
  await warmUpColor(made, 'green', 40, AbortSignal.abort());
  expect(opened(worker)).toEqual([]);
});
