import { describe, expect, test, vi } from 'vitest';
import type { Outcome, Push } from '../../../loki/push.js';
import { FakeLoki } from '../../../loki/testing/fake-loki.js';
import { events, PATIENCE, told, worldOf } from './testing/world.js';

describe('a close', () => {
  test('the last ones at a close, which is bounded', async () => {
    const loki = await FakeLoki.start();
    const { logger, shipper } = worldOf(loki.url, { flushEveryMs: 3_600_000 });
    for (let i = 0; i < 1_000; i += 1) logger.info({ event: 'a', text: 'x'.repeat(400) });
    await shipper.close(10_000);
    expect(loki.taken).toHaveLength(1_000);
    expect(shipper.counts()).toEqual({ buffered: 0, dropped: 0 });
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

  test('what a Loki that went away did not take is given up: counted with the line that says so, and all after it', async () => {
    const loki = await FakeLoki.start();
    const world = worldOf(loki.url, { flushEveryMs: 3_600_000 });
    const { logger, shipper } = world;
    logger.info({ event: 'taken' });
    await shipper.close(10_000);
    expect(loki.taken).toHaveLength(1);
    loki.mood = 'hangs';
    for (let i = 0; i < 5; i += 1) logger.info({ event: 'lost' });
    await shipper.close(50);
    expect(told(world)).toMatchObject([{ event: 'loki_given_up', level: 'WARN', lines: 5 }]);
    expect(shipper.counts()).toEqual({ buffered: 0, dropped: 6 });
    logger.info({ event: 'last' });
    await shipper.close(10_000);
    expect(shipper.counts()).toEqual({ buffered: 0, dropped: 7 });
  });

  test('a batch that was under way is counted once, whatever becomes of it', async () => {
    let answer: (outcome: Outcome) => void = () => undefined;
    const taken: Outcome = { kind: 'taken' };
    const slow = new Promise<Outcome>((resolve) => (answer = resolve));
    const push = vi.fn<Push>().mockResolvedValueOnce(taken).mockReturnValueOnce(slow);
    const { logger, shipper } = worldOf('http://127.0.0.1:9', { push, flushEveryMs: 1 });
    logger.info({ event: 'taken' });
    await vi.waitFor(() => expect(shipper.counts().buffered).toBe(0), PATIENCE);
    logger.info({ event: 'under_way' });
    await vi.waitFor(() => expect(push).toHaveBeenCalledTimes(2), PATIENCE);
    await shipper.close(0);
    expect(shipper.counts()).toEqual({ buffered: 0, dropped: 2 });
    answer({ kind: 'refused', why: 'too old' });
    await slow;
    expect(shipper.counts()).toEqual({ buffered: 0, dropped: 2 });
    expect(push).toHaveBeenCalledTimes(2);
  });

  test('nothing is given up where no Loki ever was', async () => {
    const loki = await FakeLoki.start();
    await loki.stop();
    const world = worldOf(loki.url);
    world.logger.info({ event: 'a' });
    await world.shipper.close(10_000);
    expect(events(told(world))).toEqual([]);
    expect(world.shipper.counts()).toEqual({ buffered: 0, dropped: 0 });
  });
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
    await vi.waitFor(() => expect(events(told(world))).toEqual(['loki_absent']), PATIENCE);
    world.logger.fatal({ event: 'crash' });
    world.shipper.closeAtOnce(100);
    expect(isPushed).toBe(false);
  });
});
