import { expect, test, vi } from 'vitest';
import { FakeWorker } from '../testing/fake-worker.js';
import { fakeSite } from '../testing/fake-site.js';
import { bake } from './bake.js';

const baking = async (worker: FakeWorker, seconds: number, look: () => Promise<void> = async () => {}) => {
  const site = fakeSite();
  site.engine.runs('green', worker.url);
  const { signal } = new AbortController();
  await bake(site, 'green', { seconds, look, signal, onProgress: () => {} });
};

test('a worker that is not ready any more for a second ends a bake', async () => {
  const worker = await FakeWorker.start({ ready: false });
  await expect(baking(worker, 10)).rejects.toThrow('green-1 broke down after the switch: redis: away');
});

test('what a look finds ends a bake', async () => {
  const failing = vi.fn(async () => {
    throw new Error('a breach');
  });
  await expect(baking(await FakeWorker.start(), 10, failing)).rejects.toThrow('a breach');
});

test('a bake ends when its seconds are over, and looks four times a second or more', async () => {
  const look = vi.fn(async () => {});
  await baking(await FakeWorker.start(), 0.5, look);
  expect(look.mock.calls.length).toBeGreaterThanOrEqual(3);
});
