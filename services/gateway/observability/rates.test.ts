import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rates } from './rates.js';

const totals = { received: 0, sent: 0, failed: 0 };
let rates: Rates;

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(totals, { received: 0, sent: 0, failed: 0 });
  rates = new Rates(totals);
  rates.start();
});
afterEach(() => {
  rates.stop();
  vi.useRealTimers();
});

const pass = (seconds: number, each: () => void = () => undefined): void => {
  for (let n = 0; n < seconds; n += 1) {
    each();
    vi.advanceTimersByTime(1_000);
  }
};

describe('rates', () => {
  it('are those of the last 60 seconds, and fall to 0 with what came before them', () => {
    pass(120, () => {
      totals.received += 50;
      totals.sent += 500;
      totals.failed += 1;
    });
    expect(rates.read()).toEqual({ received: 50, sent: 500, failed: 1 });
    pass(30);
    expect(rates.read()).toEqual({ received: 25, sent: 250, failed: 0.5 });
    pass(30);
    expect(rates.read()).toEqual({ received: 0, sent: 0, failed: 0 });
  });

  it('of a young worker are over its life, but for its first second', () => {
    totals.received = 10;
    expect(rates.read().received).toBe(10);
    pass(20);
    expect(rates.read().received).toBe(0.5);
  });

  it('are right also when the event loop stood still', () => {
    pass(120, () => (totals.received += 10));
    rates.stop();
    pass(20);
    rates.start();
    totals.received += 200;
    expect(rates.read().received).toBe(10);
    pass(10);
    expect(rates.read().received).toBeCloseTo((600 - 100) / 60);
  });
});
