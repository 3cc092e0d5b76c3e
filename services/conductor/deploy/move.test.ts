import { beforeEach, describe, expect, test } from 'vitest';
import { FakeWorker } from '../testing/fake-worker.js';
import { SILENT } from '../testing/silent-report.js';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import type { Report } from '../report.js';
import type { Bearing } from '../vitals/judge.js';
import { cancelMove, moveConnections, showMove, type MoveOptions } from './move.js';

const WELL: Bearing = { kind: 'well', room: 1 };
const TROUBLE: Bearing = { kind: 'trouble', why: 'it is late' };
/** A look each 200 ms. */
const SECONDS = 1_000;

let site: FakeSite;
let target: FakeWorker;
beforeEach(async () => {
  site = fakeSite();
  target = await FakeWorker.start();
  site.engine.runs('green', target.url);
});

const old = async (...connections: readonly number[]): Promise<readonly FakeWorker[]> => {
  const workers = await Promise.all(connections.map((count) => FakeWorker.start({ connections: count })));
  site.engine.runs('blue', ...workers.map(({ url }) => url));
  return workers;
};

const move = (look: () => Bearing, options: Partial<MoveOptions> = {}) =>
  moveConnections(site, 'blue', {
    reason: 'deploy',
    rate: 1_000,
    timeoutMs: 5 * SECONDS,
    target: 'green',
    look: async () => look(),
    ...options,
  });

const rates = ({ orders }: FakeWorker): readonly number[] =>
  orders.flatMap((order) => (order === 'cancel' ? [] : [order.rate]));

describe('moveConnections', () => {
  test('divides the rate among the workers by what they hold', async () => {
    const [many, few] = await old(30, 10);
    await move(() => ({ kind: 'enough' }), { timeoutMs: 0.5 * SECONDS });
    // A move on a busy machine begins with a tenth; at its first look it knows nothing of who holds what.
    expect([rates(many!).at(-1), rates(few!).at(-1)]).toEqual([75, 25]);
  });

  test('holds every worker in trouble, longer than until its next look, and lets it go on afterwards', async () => {
    const [worker] = await old(10);
    let looks = 0;
    worker!.onOrder = ({ hold_ms: hold }) => {
      if (hold === 0) worker!.connections = 0;
    };
    const moved = await move(() => ((looks += 1) <= 3 ? TROUBLE : WELL));
    expect(worker!.orders).toMatchObject([{ hold_ms: 2_000 }, { hold_ms: 2_000 }, { hold_ms: 2_000 }, { hold_ms: 0 }]);
    expect(moved).toMatchObject({ moved: 10, left: 0 });
  });

  test('says when the target could take nobody for most of the time, and why', async () => {
    await old(10);
    let looks = 0;
    const mostly = await move(() => ((looks += 1) % 4 === 0 ? WELL : TROUBLE), { timeoutMs: SECONDS });
    expect(mostly).toEqual({ moved: 0, total: 10, left: 10, refusedFor: 'it is late' });
    const seldom = await move(() => ((looks += 1) % 4 === 0 ? TROUBLE : WELL), { timeoutMs: SECONDS });
    expect(seldom.refusedFor).toBeUndefined();
  });

  test('gives up when no worker of the target is ready for two seconds', async () => {
    await old(10);
    target.ready = false;
    const began = performance.now();
    await expect(move(() => WELL)).rejects.toThrow('green is not ready any more: connections have nowhere to go');
    expect(performance.now() - began).toBeGreaterThan(1.5 * SECONDS);
  });

  test('says why it stands still while clients wait for their deadline, and not while it is paused', async () => {
    const [worker] = await old(10);
    let looks = 0;
    worker!.onOrder = ({ hold_ms: hold }) => {
      if (hold === 0 && worker!.connections === 10) worker!.connections = 4;
      if (looks === 17) worker!.connections = 0;
    };
    const notes: string[] = [];
    const report: Report = {
      ...SILENT,
      progress: (_, done, total, more) => notes.push(`${done}/${total} ${more?.note}`),
    };
    const isPaused = (): boolean => (looks += 1) > 1 && looks <= 8;
    await move(() => (isPaused() ? TROUBLE : WELL), { onProgress: showMove(report) });
    expect(notes.filter((note, index) => note !== notes[index - 1])).toEqual([
      '6/10 ',
      '6/10 paused: it is late',
      '6/10 ',
      '6/10 clients move by their deadline',
      '10/10 ',
    ]);
  });

  test.each(['left', 'taking over'])(
    'asks workers of the color that is %s all at once: they may hang',
    async (side) => {
      const leaving = await old(10, 10);
      const takingOver = [target, await FakeWorker.start()];
      site.engine.runs('green', ...takingOver.map(({ url }) => url));
      const hung = side === 'left' ? leaving : takingOver;
      for (const worker of hung) worker.hangs = true;
      const stop = new AbortController();
      const moving = move(() => WELL, { signal: stop.signal }).catch(() => undefined);
      // One after the other, each would be waited for until its three seconds are over.
      await expect.poll(() => hung.map(({ unanswered }) => unanswered.length)).toEqual([1, 1]);
      stop.abort();
      await Promise.all(hung.map((worker) => worker.stop()));
      await moving;
    },
  );

  test('asks a worker that was started again on the way once more', async () => {
    const [worker] = await old(10);
    worker!.onOrder = () => {
      if (worker!.orders.length === 1) worker!.isDraining = false;
      else worker!.connections = 0;
    };
    expect(await move(() => WELL)).toMatchObject({ left: 0 });
    expect(worker!.orders).toHaveLength(2);
  });
});

test('cancelMove takes back the drain of the workers that have one, of that color alone', async () => {
  const [one, other] = await old(10, 10);
  one!.isDraining = true;
  target.isDraining = true;
  expect(await cancelMove(site, 'blue')).toEqual([]);
  expect([one!.orders, other!.orders, target.orders]).toEqual([['cancel'], [], []]);
});

test('cancelMove asks a worker that hangs beside the others, not before them', async () => {
  const [hung, one] = await old(10, 10);
  hung!.hangs = true;
  one!.isDraining = true;
  const cancelled = cancelMove(site, 'blue');
  await expect.poll(() => one!.orders).toEqual(['cancel']);
  await hung!.stop();
  expect(await cancelled).toHaveLength(1);
});
