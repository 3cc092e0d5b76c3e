import { afterEach, expect, test, vi } from 'vitest';
import { now } from './clock.js';

afterEach(() => void vi.useRealTimers());

test('a clock of the machine that is set back or forward moves no time of a ledger', () => {
  const before = now();
  for (const at of ['1970-01-02', '2099-01-01']) {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(at) });
    expect(new Date().toISOString()).toContain(at);
    expect(now() - before).toBeGreaterThanOrEqual(0);
    expect(now() - before).toBeLessThan(60_000);
    vi.useRealTimers();
  }
});
