import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lease } from './lease.js';

const LEASE_MS = 1_000;

describe('a lease', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const events = () => ({ lost: vi.fn<() => void>(), cancelled: vi.fn<() => void>() });
  const no = (): Promise<boolean> => Promise.resolve(false);
  const yes = (): Promise<boolean> => Promise.resolve(true);

  it('holds as long as it is renewed', async () => {
    const told = events();
    const lease = new Lease({ extend: yes, isCancelled: no }, LEASE_MS, told);
    await vi.advanceTimersByTimeAsync(5 * LEASE_MS);
    expect(lease.holds).toBe(true);
    lease.end();
    expect(lease.holds).toBe(false);
    expect(told.lost).not.toHaveBeenCalled();
  });

  it('ends before another worker may begin, when Redis does not answer', async () => {
    const told = events();
    const lease = new Lease({ extend: () => new Promise(() => undefined), isCancelled: no }, LEASE_MS, told);
    await vi.advanceTimersByTimeAsync(0.55 * LEASE_MS);
    expect(lease.holds).toBe(true);
    await vi.advanceTimersByTimeAsync(0.1 * LEASE_MS);
    expect(lease.holds).toBe(false);
    lease.end();
  });

  it.each([
    ['another worker has it', no],
    ['Redis is away for too long', () => Promise.reject(new Error('away'))],
  ])('says once that it is lost when %s', async (_why, extend) => {
    const told = events();
    const lease = new Lease({ extend, isCancelled: no }, LEASE_MS, told);
    await vi.advanceTimersByTimeAsync(3 * LEASE_MS);
    expect(told.lost).toHaveBeenCalledTimes(1);
    expect(lease.holds).toBe(false);
  });

  it('says that somebody wants the task to end', async () => {
    const told = events();
    const lease = new Lease({ extend: yes, isCancelled: yes }, LEASE_MS, told);
    await vi.advanceTimersByTimeAsync(LEASE_MS / 4);
    expect(told.cancelled).toHaveBeenCalled();
    lease.end();
  });
});
