import { expect, test } from 'vitest';
import { fakeSite } from '../testing/fake-site.js';
import { FakeWorker } from '../testing/fake-worker.js';
import { gatherFacts } from './gather.js';

test('gathers from all workers of both colors: connections, the channel with the most messages, the most bytes of any', async () => {
  const site = fakeSite({ DRAIN_RATE: 100, DRAIN_TIMEOUT: 60 });
  const small = await FakeWorker.start({
    connections: 3,
    busiest: { name: 'small', per_second: 50, bytes_per_second: 500 },
  });
  const large = await FakeWorker.start({
    connections: 4,
    busiest: { name: 'large', per_second: 5, bytes_per_second: 90_000 },
  });
  const older = await FakeWorker.start({ connections: 5 });
  site.engine.runs('blue', large.url, small.url);
  site.engine.runs('green', older.url);
  expect(await gatherFacts(site, { kind: 'build', source: '/nowhere' })).toMatchObject({
    build: undefined,
    connections: 12,
    ended: [],
    moveRate: 100,
    moveTimeout: 60,
    busiest: { name: 'small', per_second: 50, bytes_per_second: 90_000 },
  });
});
