import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallOver, HandlerRefusal, Run } from './run.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = (): Promise<void> => new Promise(() => {});
const TIMEOUT_MS = 5_000;

describe('a call', () => {
  it('is done when its handler is, and leaves no timer behind', async () => {
    const run = new Run(async () => {}, TIMEOUT_MS);
    expect(await run.outcome).toEqual({ kind: 'done' });
    await run.ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('has failed when its handler %s', async (_what, work) => {
    expect(await new Run(work, TIMEOUT_MS).outcome).toMatchObject({ kind: 'failed', error: { message: 'no' } });
  });

  it('is refused when its handler says so', async () => {
    const refusal = new HandlerRefusal('forbidden', 'members only');
    const run = new Run(() => Promise.reject(refusal), TIMEOUT_MS);
    expect(await run.outcome).toEqual({ kind: 'refused', refusal });
  });

  it('is given up when its time is over, its handler is told, and it is there until that ends', async () => {
    let signal: AbortSignal | undefined;
    let finish: () => void = () => {};
    const run = new Run((given) => {
      signal = given;
      return new Promise((resolve) => (finish = resolve));
    }, TIMEOUT_MS);
    const ended = vi.fn<() => void>();
    void run.ended.then(ended);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await run.outcome).toEqual({ kind: 'timed_out' });
    expect(signal?.reason).toBeInstanceOf(CallOver);
    expect(ended).not.toHaveBeenCalled();
    finish();
    await run.ended;
  });

  it('is cut when its connection ends, and the time no longer counts', async () => {
    let signal: AbortSignal | undefined;
    const run = new Run((given) => {
      signal = given;
      return never();
    }, TIMEOUT_MS);
    run.cut();
    expect(await run.outcome).toEqual({ kind: 'cut' });
    expect(signal?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that fails after it was given up is no uncaught error', async () => {
    const run = new Run(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gave up')))),
      TIMEOUT_MS,
    );
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect(await run.outcome).toEqual({ kind: 'timed_out' });
    await expect(run.ended).resolves.toBeUndefined();
  });
});
