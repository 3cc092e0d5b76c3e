import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { PubSubBeat } from './pubsub-beat.js';
import { WorkerMessages } from './worker-messages.js';

/** Pub/sub as it is told to be: each beat takes so long to come back, or never does. */
let delayMs: number | undefined;
let beat: PubSubBeat;

beforeEach(() => {
  vi.useFakeTimers();
  delayMs = 4;
  const { cluster } = createMemoryCluster().broker('w1');
  const messages = new WorkerMessages({
    ...cluster,
    tell: (workerId, message) => {
      if (workerId === 'w1' && delayMs !== undefined) setTimeout(() => messages.told(message), delayMs);
      return Promise.resolve();
    },
  });
  beat = new PubSubBeat(messages, 'w1');
  beat.start();
});
afterEach(() => {
  beat.stop();
  vi.useRealTimers();
});

describe('the beat through pub/sub', () => {
  it('takes as long as pub/sub takes, measured once a second', () => {
    vi.advanceTimersByTime(500);
    expect(beat.lagMs).toBe(4);
    delayMs = 90;
    vi.advanceTimersByTime(1_000);
    expect(beat.lagMs).toBe(90);
    delayMs = 2_500;
    vi.advanceTimersByTime(10_000);
    expect(beat.lagMs).toBeGreaterThanOrEqual(2_500);
  });

  it('grows while nothing comes back, and is small again as soon as it does: beats that were lost are not waited for', () => {
    vi.advanceTimersByTime(500);
    delayMs = undefined;
    vi.advanceTimersByTime(10_500);
    expect(beat.lagMs).toBe(10_000);
    delayMs = 6;
    vi.advanceTimersByTime(1_010);
    expect(beat.lagMs).toBeLessThan(50);
    vi.advanceTimersByTime(1_000);
    expect(beat.lagMs).toBe(6);
  });
});
