import { expect, onTestFinished, test } from 'vitest';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { ownHeaders } from '../site.js';
import { fakeSite } from '../testing/fake-site.js';
import { warmUpColor } from './warm-up.js';

const site = () => fakeSite();
const { signal } = new AbortController();
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
  const progress: number[] = [];
  const onProgress = (served: number, total: number) => void progress.push(served / total);
  expect(await warmUpColor(made, 'green', { arrivals: 41, signal, onProgress })).toEqual({ served: 41, total: 41 });
  expect(opened(worker)).toHaveLength(41);
  expect([progress.length, progress.at(-1)]).toEqual([41, 1]);
  await expect.poll(() => worker.app.connections.size).toBe(0);
  const metrics = await (await fetch(`${worker.http}/metrics/`)).text();
  expect(metrics).not.toMatch(/^websocket_connections_total\{.*\} [1-9]/m);
});

test('a worker that does not serve one of them is an error', async () => {
  const made = site();
  const worker = await greenOf(made);
  await worker.app.stop();
  const failure = warmUpColor(made, 'green', { arrivals: 8, signal });
  await expect(failure).rejects.toThrow(/^warm-up of green-1: \/ws failed/);
  await expect(failure).rejects.toMatchObject({ worker: { color: 'green', name: '1' } });
});

test('an interrupt ends it', async () => {
  const made = site();
  const worker = await greenOf(made);
  const interrupted = warmUpColor(made, 'green', { arrivals: 40, signal: AbortSignal.abort(new Error('by SIGINT')) });
  await expect(interrupted).rejects.toThrow('by SIGINT');
  expect(opened(worker)).toEqual([]);
});

test('no channel of it looks like one with traffic: preflight would ask for a longer history', async () => {
  const made = site();
  const worker = await greenOf(made);
  await warmUpColor(made, 'green', { arrivals: 2_000, signal });
  const status = await fetch(`${worker.http}/control/status`, { headers: ownHeaders(made) });
  const { busiest_channel: busiest } = (await status.json()) as { busiest_channel: { per_second: number } };
  expect(busiest.per_second).toBeLessThan(2);
});
