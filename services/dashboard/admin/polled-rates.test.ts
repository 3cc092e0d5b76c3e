import { describe, expect, it } from 'vitest';
import { PolledRates } from './polled-rates.js';

const totals = (received: number, sent: number) => ({ messages_received: received, messages_sent: sent });

describe('rates where nothing comes live', () => {
  it('are told by two looks, and by none where there was no look before', () => {
    const rates = new PolledRates();
    expect(rates.measure(totals(10, 100), 1_000)).toEqual({ received: null, sent: null });
    expect(rates.measure(totals(20, 200), 6_000)).toEqual({ received: 2, sent: 20 });
    expect(rates.measure({}, 11_000)).toEqual({ received: null, sent: null });
    expect(rates.measure(totals(20, 200), 16_000)).toEqual({ received: null, sent: null });
    rates.forget();
    expect(rates.measure(totals(30, 200), 21_000)).toEqual({ received: null, sent: null });
  });
});
