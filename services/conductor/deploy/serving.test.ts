import { beforeEach, describe, expect, test } from 'vitest';
import { FakeWorker } from '../testing/fake-worker.js';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import { planDeploy, type Plan, type Reason } from './plan.js';
import { requireServing, servingOf } from './serving.js';

const PATIENCE_MS = 100;

let site: FakeSite;
beforeEach(() => {
  site = fakeSite();
});

/** Green is active, blue idle. */
const plan = (reason: Reason): Plan => planDeploy('green', 'blue', reason, { kind: 'reuse', id: 'r1' });
const run = async (color: 'blue' | 'green', given: Partial<FakeWorker> = {}): Promise<FakeWorker> => {
  const worker = await FakeWorker.start(given);
  site.engine.runs(color, worker.url);
  return worker;
};
const dead = async (color: 'blue' | 'green'): Promise<void> => (await run(color)).stop();

test('a color serves when a worker is ready, waits when one answers, and is dead when none does', async () => {
  expect(await servingOf(site, 'blue')).toEqual({ state: 'dead', why: 'no worker of blue answers' });
  await dead('blue');
  expect(await servingOf(site, 'blue')).toEqual({ state: 'dead', why: 'no worker of blue answers' });
  await run('blue', { ready: false });
  expect(await servingOf(site, 'blue')).toEqual({ state: 'waiting', why: 'blue-1: redis: away' });
  await run('blue');
  expect(await servingOf(site, 'blue')).toEqual({ state: 'serving' });
});

describe.each<[Reason]>([['deploy'], ['rollback']])('a %s', (reason) => {
  const requires = (): Promise<void> => requireServing(site, plan(reason), PATIENCE_MS);

  test('goes on where the active color serves, whatever the idle one does', async () => {
    await run('green');
    await requires();
    await run('blue');
    await requires();
    expect(site.engine.orders).toEqual([]);
  });

  test('goes on where both are dead: nothing can be lost', async () => {
    await dead('green');
    await dead('blue');
    await requires();
    expect(site.engine.orders).toEqual([]);
  });

  test('gives the new connections to an idle color that serves, where the active one is dead, and stops nothing', async () => {
    await dead('green');
    const blue = await run('blue', { release: 'r0', isDraining: true });
    await expect(requires()).rejects.toThrow(
      'green was active and serves nobody (no worker of green answers); blue, which this would have stopped, still ran ' +
        `release r0 and is active now: ${reason === 'deploy' ? 'promote again, onto green' : 'that is a rollback'}`,
    );
    expect(site.engine.orders).toEqual(['activate blue']);
    expect(blue.orders).toEqual(['cancel']);
    expect(site.run.lastActive()).toBe('r0');
  });

  test('stops nothing where neither is ready', async () => {
    await run('green', { ready: false });
    await run('blue', { ready: false });
    await expect(requires()).rejects.toThrow(
      'neither color is ready (green-1: redis: away; blue-1: redis: away), and blue, which this would stop, still runs: mend that first',
    );
    expect(site.engine.orders).toEqual([]);
  });
});
