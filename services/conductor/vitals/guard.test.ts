import { describe, expect, test, vi } from 'vitest';
import { missing, type Reading } from './figures.js';
import { Guard } from './guard.js';
import { readThresholds } from './thresholds.js';

const thresholds = readThresholds('infra/thresholds.json');
const reading = (source: string, given: Partial<Reading> = {}): Reading => ({
  source,
  moments: {},
  shares: {},
  ...given,
});
const closes = (source: string, failed: number): Reading =>
  reading(source, { shares: { unexpected_closes: { failed, of: 50 } } });

const guardOf = (
  given: Readonly<{ workers?: Reading; left?: Reading; probes?: Reading; turnedAway?: Reading }>,
): Guard =>
  new Guard({
    workers: async () => [given.workers ?? reading('green-1')],
    left: async () => [given.left ?? reading('blue-1')],
    probes: () => (given.probes === undefined ? [] : [given.probes]),
    turnedAway: () => given.turnedAway,
    thresholds,
  });

describe('Guard', () => {
  const WELL = { kind: 'well', room: 1 };
  const PROBES = closes('the probes', 10);
  const words = 'unexpected closes on the probes: 10 of 50, more than 5 %';

  test('what the probes meet takes the deploy back', async () => {
    await expect(guardOf({ probes: PROBES }).look()).rejects.toThrow(words);
  });

  test('not what the color that is left does itself, and that is said', async () => {
    const guard = guardOf({ probes: PROBES, left: closes('blue-1', 25) });
    await guard.look();
    expect(guard.excuses).toEqual(['unexpected closes on blue-1: 25 of 50, more than 5 %']);
  });

  test.each([missing('blue-1'), reading('blue-1', { isRestarted: true })])(
    'nor what a worker of it that went down brought about',
    async (left) => {
      const guard = guardOf({ probes: PROBES, left });
      await guard.look();
      expect(guard.excuses).toEqual(['blue-1 went down']);
    },
  );

  test('a worker that is late itself excuses late deliveries, and nothing else', async () => {
    const left = reading('blue-1', { moments: { event_loop_lag_ms: 400 } });
    await expect(guardOf({ probes: PROBES, left }).look()).rejects.toThrow(words);
    const late = reading('the probes', { moments: { delivery_lag_ms: 3_000 } });
    await expect(looks(4, guardOf({ probes: late }))).rejects.toThrow('delivery lag p99 on the probes: 3000 ms');
    await looks(4, guardOf({ probes: late, left }));
  });

  test('what the new color does itself is never excused', async () => {
    const guard = guardOf({ workers: closes('green-1', 10), left: closes('blue-1', 25) });
    await expect(guard.look()).rejects.toThrow('unexpected closes on green-1');
  });

  test('whom the new color turns away takes the deploy back, a few do not', async () => {
    const away = (failed: number): Reading => reading('green', { shares: { turned_away: { failed, of: 100 } } });
    await expect(guardOf({ turnedAway: away(5) }).look()).resolves.toEqual(WELL);
    await expect(guardOf({ turnedAway: away(6) }).look()).rejects.toThrow(
      'clients turned away for their token, beyond what the color before turned away, on green: 6 of 100, more than 5 %',
    );
  });

  describe('connections that were lost, which may be the death of a client host', () => {
    const lost = (failed: number, doubtful = failed): Reading =>
      reading('green-1', { shares: { unexpected_closes: { failed, of: 60, doubtful } } });

    test('are no fault of the new color where the probes lost none', async () => {
      await expect(guardOf({ workers: lost(10), probes: closes('the probes', 0) }).look()).resolves.toEqual(WELL);
      await expect(guardOf({ workers: lost(10) }).look()).resolves.toEqual(WELL);
    });
    test('are one where a probe was lost too', async () => {
      const guard = guardOf({ workers: lost(10), probes: closes('the probes', 1) });
      await expect(guard.look()).rejects.toThrow('unexpected closes on green-1: 10 of 60, more than 5 %');
    });
    test('not where that probe was lost by the old color', async () => {
      const guard = guardOf({ workers: lost(10), probes: closes('the probes', 1), left: missing('blue-1') });
      await expect(guard.look()).resolves.toEqual(WELL);
    });
    test('leave those that only a worker can bring about', async () => {
      const guard = guardOf({ workers: lost(10, 5), probes: closes('the probes', 0) });
      await expect(guard.look()).rejects.toThrow('unexpected closes on green-1: 5 of 60, more than 5 %');
    });
  });

  test('looks closer together than half a second are judged once: they would see the same stall', async () => {
    const stalled = (): Guard => guardOf({ workers: reading('green-1', { moments: { event_loop_lag_ms: 300 } }) });
    await looks(15, stalled(), 100);
    await expect(looks(16, stalled(), 100)).rejects.toThrow(
      'event-loop lag p99 on green-1: 300 ms, more than 250 ms, in 4 of the last 10 looks',
    );
  });

  test('a stall that is over by each judgement is found by the looks between them', async () => {
    let look = -1;
    const stallsBetween = new Guard({
      workers: async () => {
        look += 1;
        return [reading('green-1', { moments: { event_loop_lag_ms: look % 5 === 3 ? 300 : 1 } })];
      },
      left: async () => [reading('blue-1')],
      probes: () => [],
      turnedAway: () => undefined,
      thresholds,
    });
    await expect(looks(21, stallsBetween, 100)).rejects.toThrow('event-loop lag p99 on green-1: 300 ms');
    expect(look).toBe(20);
  });

  test('sets the pace at each look all the same', async () => {
    const guard = guardOf({ workers: reading('green-1', { moments: { event_loop_lag_ms: 300 } }) });
    expect(await guard.look()).toMatchObject({ kind: 'trouble' });
    expect(await guard.look()).toMatchObject({ kind: 'trouble' });
    expect(guard.worstLagMs).toBe(300);
  });

  test('once the old color is empty nothing is excused', async () => {
    const guard = guardOf({ probes: PROBES, left: closes('blue-1', 25) });
    guard.leave();
    await expect(guard.look()).rejects.toThrow(words);
  });
});

/** Looks again and again. */
const looks = async (count: number, guard: Guard, everyMs = 500): Promise<void> => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    for (let look = 0; look < count; look += 1) {
      await guard.look();
      vi.advanceTimersByTime(everyMs);
    }
  } finally {
    vi.useRealTimers();
  }
};
