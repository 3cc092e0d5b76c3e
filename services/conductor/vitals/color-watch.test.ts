import { beforeEach, describe, expect, test } from 'vitest';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import { FakeWorker } from '../testing/fake-worker.js';
import { ColorWatch } from './color-watch.js';

let site: FakeSite;
let worker: FakeWorker;
let watch: ColorWatch;
beforeEach(async () => {
  site = fakeSite();
  worker = await FakeWorker.start({ connections: 10 });
  site.engine.runs('green', worker.url);
  watch = new ColorWatch(site, 'green');
});

describe('ColorWatch', () => {
  test('counts from its first look on', async () => {
    worker.vitals = { publishes: 100, publishes_failed: 50, closes: 7 };
    expect(await watch.look()).toMatchObject([
      { shares: { publish_failures: { failed: 0, of: 0 }, unexpected_closes: { failed: 0, of: 10 } } },
    ]);
    worker.vitals = { publishes: 130, publishes_failed: 51, closes: 9, closes_unexpected: 2, closes_doubtful: 1 };
    expect(await watch.look()).toMatchObject([
      { shares: { publish_failures: { failed: 1, of: 30 }, unexpected_closes: { failed: 2, of: 12, doubtful: 1 } } },
    ]);
  });

  test('counts whom a worker turns away out of all that came, where it tells', async () => {
    worker.vitals = { unauthorized: 40 };
    expect(await watch.look()).toMatchObject([{ turnedAway: { failed: 0, of: 10 } }]);
    worker.vitals = { unauthorized: 46 };
    expect(await watch.look()).toMatchObject([{ turnedAway: { failed: 6, of: 16 } }]);
    worker.vitals = { unauthorized: undefined };
    expect((await watch.look()).map(({ turnedAway }) => turnedAway)).toEqual([undefined]);
  });

  test('a worker that was started again counts anew, and is told of', async () => {
    worker.vitals = { publishes: 100, publishes_failed: 50 };
    await watch.look();
    worker.id = 'second life';
    worker.vitals = { publishes: 1, publishes_failed: 1 };
    expect(await watch.look()).toMatchObject([
      { source: 'green-1', isRestarted: true, shares: { publish_failures: { failed: 0 } } },
    ]);
    worker.vitals = { publishes: 3, publishes_failed: 2 };
    expect(await watch.look()).toMatchObject([
      { isRestarted: false, shares: { publish_failures: { failed: 1, of: 2 } } },
    ]);
  });

  test('names a worker that never gave figures, and misses those of one that did', async () => {
    const older = await FakeWorker.start({ vitals: undefined });
    site.engine.runs('green', worker.url, older.url);
    expect((await watch.look()).map(({ source }) => source)).toEqual(['green-1']);
    expect(watch.silent).toEqual(['green-2']);
    worker.vitals = undefined;
    expect(await watch.look()).toMatchObject([{ source: 'green-1', isMissing: true }]);
    expect(watch.silent).toEqual(['green-2']);
  });

  test.each([
    ['does not answer', () => worker.stop()],
    ['does not run', async () => site.engine.runs('green')],
  ])('misses the figures of a worker that %s', async (_, end) => {
    await watch.look();
    await end();
    expect(await watch.look()).toMatchObject([{ source: 'green-1', isMissing: true }]);
  });
});
