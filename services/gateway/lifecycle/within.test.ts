import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { within } from './within.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('within', () => {
  it('resolves with what it waits for, and leaves no timer behind', async () => {
    let finish: () => void = () => {};
    const waiting = within(1_000, new Promise((resolve) => (finish = resolve)));
    expect(vi.getTimerCount()).toBe(1);
    finish();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('resolves when the time is over, also when nothing ever comes', async () => {
    const resolved = vi.fn<() => void>();
    const waiting = within(1_000, new Promise(() => {})).then(resolved);
    await vi.advanceTimersByTimeAsync(999);
    expect(resolved).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });
});
