import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import { TokenLife } from './token-life.js';

const DAY = 86_400_000;

let told: string[];
const life = (): TokenLife =>
  new TokenLife(
    { tokenExpiring: (seconds) => told.push(`expiring in ${seconds}`), tokenExpired: () => told.push('expired') },
    { warningMs: 60_000, toleranceMs: 5_000 },
  );
beforeEach(() => {
  vi.useFakeTimers();
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe('TokenLife', () => {
  it('[token-4] warns so long before the end, and ends it when clocks can not differ any more', () => {
    life().begin(Date.now() + 100_000);
    vi.advanceTimersByTime(39_999);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['expiring in 60']);
    vi.advanceTimersByTime(64_999);
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['expiring in 60', 'expired']);
  });

  it('[token-4] warns at once where less is left', () => {
    life().begin(Date.now() + 10_000);
    vi.advanceTimersByTime(0);
    expect(told).toEqual(['expiring in 10']);
  });

  it('[token-4] begins anew with another token, which may never end', () => {
    const renewed = life();
    renewed.begin(Date.now() + 100_000);
    vi.advanceTimersByTime(50_000);
    renewed.begin(Date.now() + 200_000);
    vi.advanceTimersByTime(130_000);
    expect(told).toEqual(['expiring in 60']);
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual(['expiring in 60', 'expiring in 60']);
    renewed.begin(undefined);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('[token-4] reaches further than a timer does', () => {
    life().begin(Date.now() + 60 * DAY);
    vi.advanceTimersByTime(60 * DAY - 60_001);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(DAY);
    expect(told).toEqual(['expiring in 60', 'expired']);
  });

  it('leaves no timer behind', () => {
    const stopped = life();
    stopped.begin(Date.now() + 60 * DAY);
    vi.advanceTimersByTime(40 * DAY);
    stopped.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
