import { describe, expect, test, vi } from 'vitest';
import { FakeLoki } from '../../../loki/testing/fake-loki.js';
import { events, eventsAt, LABELS, PATIENCE, told, worldOf, type Line } from './testing/world.js';

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
});

describe.each([
  // Only one that hangs is waited for in vain.
  ['hangs', 'hangs' as const, 400],
  ['answers 500', 500, 10_000],
  ['answers 429', 429, 10_000],
  ['is nobody (404)', 404, 10_000],
])('a Loki that %s', (_name, mood, timeoutMs) => {
  test('loses no line while there is room, is told once, and what was written goes when it is well again', async () => {
    const loki = await FakeLoki.start();
    const world = worldOf(loki.url, { timeoutMs });
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
    await vi.waitFor(() => expect(events(told(world))).toEqual(['loki_lost', 'loki_back']), PATIENCE);
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
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0), PATIENCE);
  await loki.stop();
  const LINES = 10_000;
  for (let number = 1; number <= LINES; number += 1) world.logger.info({ event: 'during', number });
  await vi.waitFor(() => expect(events(told(world))).toEqual(['loki_lost']), PATIENCE);
  const { buffered, dropped } = world.shipper.counts();
  expect(buffered).toBeGreaterThan(100);
  expect(buffered * 150).toBeLessThan(bufferBytes);
  expect(buffered + dropped).toBe(LINES + 1);

  await loki.listen();
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0), PATIENCE);
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
  await vi.waitFor(() => expect(told(world)).toMatchObject([{ event: 'loki_absent', level: 'INFO' }]), PATIENCE);
  expect(world.shipper.counts()).toMatchObject({ dropped: 0 });
  await loki.listen();
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0), PATIENCE);
  expect(loki.taken.length).toBeGreaterThan(100);
  expect(events(told(world))).toEqual(['loki_absent', 'loki_back']);
  expect(world.shipper.counts()).toEqual({ buffered: 0, dropped: 0 });
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
  await vi.waitFor(() => expect(world.shipper.counts().buffered).toBe(0), PATIENCE);
  loki.mood = 204;
  world.logger.info({ event: 'taken' });
  await loki.until(() => eventsAt(loki).length === 1);
  expect(told(world)).toMatchObject([{ event: 'loki_refused', level: 'WARN', why: 'HTTP 400 entry too far behind' }]);
  expect(world.shipper.counts().dropped).toBeGreaterThanOrEqual(3);
});
