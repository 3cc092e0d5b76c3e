import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { pushTo } from '../../../loki/push.js';
import { FakeLoki } from '../../../loki/testing/fake-loki.js';
import { createLogger, type Logger } from '../logger.js';
import { LogShipper, type ShipperOptions } from './log-shipper.js';

type Line = Readonly<Record<string, unknown>>;
type World = Readonly<{ shipper: LogShipper; logger: Logger; stdout: Line[] }>;

const QUICK = { flushEveryMs: 5, longestBackOffMs: 20 };
const LABELS = { service: 'websocket-message-counter', color: 'blue', worker: '1' };

const worldOf = (url: string, options: Partial<ShipperOptions> = {}): World => {
  const stdout: Line[] = [];
  const shipper = new LogShipper({
    url,
    push: pushTo(url),
    pushBeforeExit: () => {},
    labels: LABELS,
    bufferBytes: 4 * 1024 * 1024,
    ...QUICK,
    ...options,
  });
  const logger = createLogger({
    level: 'debug',
    ...LABELS,
    release: 'r1',
    destination: { write: (line) => void stdout.push(JSON.parse(line) as Line) },
    shipper,
  });
  onTestFinished(() => shipper.close(0));
  return { shipper, logger, stdout };
};
const events = (lines: readonly Line[]): readonly unknown[] => lines.map(({ event }) => event);
const told = ({ stdout }: World): readonly Line[] => stdout.filter(({ event }) => String(event).startsWith('loki_'));
const eventsAt = (loki: FakeLoki): readonly unknown[] =>
  events(loki.taken.map(({ line }) => JSON.parse(line) as Line)).filter((event) => !String(event).startsWith('loki_'));

describe('lines reach Loki', () => {
  test('whole, with their labels and their own time, and standard output too', async () => {
    const loki = await FakeLoki.start();
    const { logger, stdout } = worldOf(loki.url);
    logger.info({ event: 'a', session_id: 's-1' }, 'One');
    logger.error({ event: 'b' }, 'Two');
    logger.debug({ event: 'c' }, 'Three');
    await loki.until(() => loki.taken.length === 3);
    expect(events(stdout)).toEqual(['a', 'b', 'c']);
    for (const { labels, at, line } of loki.taken) {
      const fields = JSON.parse(line) as Line;
      expect(labels).toEqual({ ...LABELS, level: fields['level'] });
      expect(BigInt(at) / 1_000_000n).toBe(BigInt(Date.parse(String(fields['timestamp']))));
      expect(stdout).toContainEqual(fields);
    }
    expect(new Set(loki.taken.map(({ labels }) => labels['level']))).toEqual(new Set(['INFO', 'ERROR', 'DEBUG']));
  });

  test('those of one millisecond have times of their own, in their order', async () => {
    const loki = await FakeLoki.start();
    const { shipper } = worldOf(loki.url);
    for (const line of ['1', '2', '3']) shipper.write('INFO', 1_700_000_000_000, line);
    shipper.write('INFO', 1_700_000_000_001, '4');
    await loki.until(() => loki.taken.length === 4);
    expect(loki.taken.map(({ at }) => at.slice(-7))).toEqual(['0000000', '0000001', '0000002', '1000000']);
  });

  test('a full batch does not wait for its time', async () => {
    const loki = await FakeLoki.start();
    const { logger } = worldOf(loki.url, { flushEveryMs: 3_600_000 });
    for (let i = 0; i < 800; i += 1) logger.info({ event: 'a', text: 'x'.repeat(400) });
    await loki.until(() => loki.taken.length > 0);
    expect(loki.taken.length).toBeLessThan(800);
  });

  test('the last ones at a close, which is bounded', async () => {
    const loki = await FakeLoki.start();
    const { logger, shipper } = worldOf(loki.url, { flushEveryMs: 3_600_000 });
    for (let i = 0; i < 1_000; i += 1) logger.info({ event: 'a', text: 'x'.repeat(400) });
    await shipper.close(10_000);
    expect(loki.taken).toHaveLength(1_000);
    expect(shipper.counts()).toEqual({ buffered: 0, dropped: 0 });
  });
});

describe.each([
  ['hangs', 'hangs' as const],
  ['answers 500', 500],
  ['answers 429', 429],
  ['is nobody (404)', 404],
])('a Loki that %s', (_name, mood) => {
  test('loses no line while there is room, is told once, and what was written goes when it is well again', async () => {
    const loki = await FakeLoki.start();
    const world = worldOf(loki.url, { timeoutMs: 50 });
    world.logger.info({ event: 'before' });
    await loki.until(() => loki.taken.length === 1);
    loki.mood = mood;
    const before = loki.pushes;
    world.logger.info({ event: 'during' });
    await loki.until(() => loki.pushes >= before + 4);
    world.logger.info({ event: 'later' });
    expect(events(told(world))).toEqual(['loki_lost']);
    expect(world.shipper.counts()).toMatchObject({ dropped: 0 });
    loki.mood = 204;
    await vi.waitFor(() => expect(events(told(world))).toEqual(['loki_lost', 'loki_back']));
    await loki.until(() => eventsAt(loki).length === 3);
    expect(eventsAt(loki)).toEqual(['before', 'during', 'later']);
    expect(told(world)).toMatchObject([{ level: 'WARN' }, { level: 'INFO', dropped: 0 }]);
  });
});

test('a Loki that went away: memory is bounded, the oldest lines go, their number is told and counted', async () => {
  const loki = await FakeLoki.start();
  const bufferBytes = 1024 * 1024;
  const world = worldOf(loki.url, { bufferBytes });
  world.logger.info({ event: 'before' });
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0));
  await loki.stop();
  const LINES = 10_000;
  for (let number = 1; number <= LINES; number += 1) world.logger.info({ event: 'during', number });
  await vi.waitFor(() => expect(events(told(world))).toEqual(['loki_lost']));
  const { buffered, dropped } = world.shipper.counts();
  expect(buffered).toBeGreaterThan(100);
  expect(buffered * 150).toBeLessThan(bufferBytes);
  expect(buffered + dropped).toBe(LINES + 1);

  await loki.listen();
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0));
  await loki.until(() => eventsAt(loki).length === LINES - dropped + 1);
  const numbers = loki.taken.flatMap(({ line }) => (JSON.parse(line) as { number?: number }).number ?? []);
  expect(numbers.at(-1)).toBe(LINES);
  expect(told(world)[1]).toMatchObject({ event: 'loki_back', dropped });
  expect(world.shipper.counts().dropped).toBe(dropped);
});

test('one push that fails is no outage', async () => {
  const loki = await FakeLoki.start();
  const world = worldOf(loki.url, { longestBackOffMs: 1 });
  world.logger.info({ event: 'a' });
  await loki.until(() => loki.taken.length === 1);
  loki.mood = 503;
  world.logger.info({ event: 'b' });
  await loki.until(() => loki.pushes === 2);
  loki.mood = 204;
  await loki.until(() => loki.taken.length === 2);
  expect(told(world)).toEqual([]);
});

test('a Loki that was never there is told in one INFO line, and nothing counts as dropped; it gets what is kept', async () => {
  const loki = await FakeLoki.start();
  await loki.stop();
  const world = worldOf(loki.url, { bufferBytes: 1024 * 1024 });
  for (let number = 1; number <= 10_000; number += 1) world.logger.info({ event: 'a', number });
  await vi.waitFor(() => expect(told(world)).toMatchObject([{ event: 'loki_absent', level: 'INFO' }]));
  expect(world.shipper.counts()).toMatchObject({ dropped: 0 });
  await loki.listen();
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0));
  expect(loki.taken.length).toBeGreaterThan(100);
  expect(events(told(world))).toEqual(['loki_absent', 'loki_back']);
});

test('lines that Loki refuses are dropped and counted, told once, and those behind them go on', async () => {
  const loki = await FakeLoki.start();
  const world = worldOf(loki.url);
  Object.assign(loki, { mood: 400, words: 'entry too far behind' });
  for (let i = 0; i < 3; i += 1) {
    const { pushes } = loki;
    world.logger.info({ event: 'refused' });
    await loki.until(() => loki.pushes > pushes);
  }
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0));
  loki.mood = 204;
  world.logger.info({ event: 'taken' });
  await loki.until(() => eventsAt(loki).length === 1);
  expect(told(world)).toMatchObject([{ event: 'loki_refused', level: 'WARN', why: 'HTTP 400 entry too far behind' }]);
  expect(world.shipper.counts().dropped).toBeGreaterThanOrEqual(3);
});

describe('a process that crashes', () => {
  test('its last lines are pushed at once, those under way too', async () => {
    const loki = await FakeLoki.start();
    const bodies: string[] = [];
    const { logger, shipper } = worldOf(loki.url, { pushBeforeExit: (last) => bodies.push(...last) });
    loki.mood = 'hangs';
    logger.info({ event: 'under_way' });
    await loki.until(() => loki.pushes === 1);
    logger.fatal({ event: 'crash' });
    shipper.closeAtOnce(100);
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toContain('under_way');
    expect(bodies[1]).toContain('crash');
  });

  test('nobody waits for a Loki that is away', async () => {
    const loki = await FakeLoki.start();
    await loki.stop();
    let isPushed = false;
    const world = worldOf(loki.url, { pushBeforeExit: () => (isPushed = true) });
    world.logger.info({ event: 'a' });
    await vi.waitFor(() => expect(events(told(world))).toEqual(['loki_absent']));
    world.logger.fatal({ event: 'crash' });
    world.shipper.closeAtOnce(100);
    expect(isPushed).toBe(false);
  });
});

test('a close does not wait longer than it may for a Loki that hangs', async () => {
  const loki = await FakeLoki.start();
  loki.mood = 'hangs';
  const { logger, shipper } = worldOf(loki.url);
  logger.info({ event: 'a' });
  await loki.until(() => loki.pushes === 1);
  const began = performance.now();
  await shipper.close(100);
  expect(performance.now() - began).toBeLessThan(1_000);
});
