import { describe, expect, it } from 'vitest';
import { SharedRun } from './shared-run.js';

const setUp = () => {
  const ends: ((outcome: number | Error) => void)[] = [];
  const shared = new SharedRun<number>(
    () =>
      new Promise((resolve, reject) => {
        ends.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
      }),
  );
  return { ends, shared };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('SharedRun', () => {
  it('gives all who ask meanwhile one run that begins after they asked', async () => {
    const { ends, shared } = setUp();
    const first = shared.run();
    await turn();
    const others = [shared.run(), shared.run(), shared.run()];
    await turn();
    expect(ends).toHaveLength(1);
    ends[0]?.(1);
    expect(await first).toBe(1);
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.(2);
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
    await turn();
    expect([ends.length, shared.isBusy]).toEqual([2, false]);
  });

  it('passes a failure on to those who share it, and runs again for the next', async () => {
    const { ends, shared } = setUp();
    const failing = shared.run();
    await turn();
    const next = shared.run();
    ends[0]?.(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    await turn();
    ends[1]?.(7);
    expect(await next).toBe(7);
  });

  it('is idle when nothing is under way nor asked for', async () => {
    const { ends, shared } = setUp();
    await shared.idle();
    const run = shared.run();
    await turn();
    let idle = false;
    const waiting = shared.idle().then(() => (idle = true));
    void shared.run();
    ends[0]?.(1);
    await run;
    await turn();
    expect([idle, shared.isBusy]).toEqual([false, true]);
    ends[1]?.(2);
    await waiting;
    expect(shared.isBusy).toBe(false);
  });
});
