import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { now } from '../clock.js';
import { scanMessage } from '../frame-scan.js';
import { startFrameProxy, type FrameProxy, type Meddle } from '../testing/frame-proxy.js';
import { Crowd } from './crowd.js';

const FINISH_MS = 5_000;
const VAIN_MS = 300;
const NOTHING = { lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, told: 0, resumeFailures: 0, unexpectedCloses: 0 };
/** The crowd opens its plain clients first. */
const PLAIN = 4;

let blue: TestWorker;
let green: TestWorker;
let proxy: FrameProxy;
let crowd: Crowd;
let fromMs: number;

beforeEach(async () => {
  const cluster = createMemoryCluster();
  const worker = (color: string): Promise<TestWorker> =>
    startWorker((id) => cluster.broker(id), { COLOR: color, DRAIN_GRACE: '2' });
  [blue, green] = await Promise.all([worker('blue'), worker('green')]);
  proxy = await startFrameProxy(blue.ws);
});
afterEach(async () => {
  await crowd.close();
  await proxy.stop();
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const open = async (): Promise<void> => {
  crowd = new Crowd({ url: proxy.url, library: 4, plain: PLAIN, publishers: 2, channels: 2, rate: 100 });
  await crowd.open();
  fromMs = now();
};
const published = async (count: number): Promise<void> => {
  await expect.poll(() => crowd.figures().published).toBeGreaterThanOrEqual(count);
};

/** Changes the first message that a plain client is sent. */
const toOnePlain = (change: (text: string) => readonly string[]): Meddle => {
  let done = false;
  return (text, connection) => {
    if (done || connection > PLAIN || scanMessage(text) === undefined) return [text];
    done = true;
    return change(text);
  };
};

test('[deploy-2] a move: plain clients are away once each and recover, those of the library never', async () => {
  await open();
  await published(20);
  proxy.target = green.ws;
  blue.app.draining.begin('deploy');
  await expect.poll(() => crowd.figures().away.plain).toBe(PLAIN);
  await published(80);
  const windows = [
    { phase: 'deploy' as const, name: 'all', fromMs, toMs: now() },
    { phase: 'steady' as const, name: 'none', fromMs: 0, toMs: fromMs },
  ];
  const { library, plain, publishers, ...result } = await crowd.finish(windows, FINISH_MS);
  expect(library).toMatchObject({ ...NOTHING, clients: 4, awayCount: 0, lateMoves: 0 });
  expect(plain).toMatchObject({ ...NOTHING, clients: 4, awayCount: 4, away: { count: 4 } });
  expect(publishers).toMatchObject({ ...NOTHING, clients: 2, awayCount: 0 });
  expect(result).toMatchObject({ acked: result.published, unanswered: 0, troubles: [] });
  expect(library.delivered).toBe(result.published * 2);
  expect(plain.delivered).toBe(result.published * 2);
  expect(result.windows.map(({ library: { count } }) => count > 0)).toEqual([true, false]);
  expect(result.windows.map(({ away }) => [away.library.count, away.plain.count, away.publishers.count])).toEqual([
    [0, 4, 0],
    [0, 0, 0],
  ]);
});

test('a plain client that never got a message', async () => {
  proxy.meddle = toOnePlain(() => []);
  await open();
  await published(20);
  const { library, plain } = await crowd.finish([], VAIN_MS);
  expect(library).toMatchObject(NOTHING);
  expect(plain).toMatchObject({ ...NOTHING, lost: 1 });
  expect(plain.examples).toEqual([expect.stringMatching(/^plain \d on ledger:\S+ never got offset \d+ /)]);
});

test('a plain client that got a message twice: one fault, that it saw itself', async () => {
  proxy.meddle = toOnePlain((text) => [text, text]);
  await open();
  await published(20);
  const { plain } = await crowd.finish([], FINISH_MS);
  expect(plain).toMatchObject({ ...NOTHING, duplicated: 1 });
  expect(plain.examples).toEqual([expect.stringMatching(/^plain \d on ledger:\S+ got offset \d+ twice/)]);
});

test('a handshake that a plain client is refused when it comes back', async () => {
  await open();
  await published(10);
  proxy.refuse = 1;
  proxy.cut(1);
  await expect.poll(() => crowd.figures().away.plain).toBe(1);
  const { plain, library, publishers, troubles } = await crowd.finish([], FINISH_MS);
  expect(plain).toMatchObject({ ...NOTHING, refused: 1, unexpectedCloses: 1, awayCount: 1 });
  expect(library).toMatchObject(NOTHING);
  expect(publishers).toMatchObject(NOTHING);
  expect(troubles).toEqual(['plain 1 was closed with 1006', expect.stringMatching(/^plain 1 was refused a handshake/)]);
});
