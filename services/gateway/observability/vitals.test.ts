import { afterEach, describe, expect, it, vi } from 'vitest';
import { PrometheusMetrics } from './prometheus.js';
import { VitalSigns } from './vitals.js';
import { quietSources } from './testing/sources.js';

let signs: VitalSigns;
afterEach(() => signs.stop());

const stall = (ms: number): void => {
  const until = Date.now() + ms;
  while (Date.now() < until);
};

describe('vital signs', () => {
  it('count what goes wrong and out of how much, of clients and of the stack itself', () => {
    signs = new VitalSigns(() => undefined);
    const clients = new PrometheusMetrics({
      color: 'blue',
      worker: '1',
      release: 'r',
      sources: quietSources(),
      vitals: signs.metrics,
    });
    for (const metrics of [clients, signs.metrics]) {
      metrics.messageAccepted(false, 0.001);
      metrics.messageFailed();
      for (const how of ['new', 'resumed', 'unknown'] as const) metrics.sessionOpened(how);
      for (const recovered of [true, false]) metrics.recovered(recovered);
      for (const reason of ['client', 'moved', 'lost', 'timeout', 'overloaded'] as const)
        metrics.connectionClosed(reason, 1);
      metrics.unauthorized();
    }
    expect(signs.read()).toMatchObject({
      publishes: 4,
      publishes_failed: 2,
      resumes: 4,
      resumes_failed: 2,
      recoveries: 4,
      recoveries_failed: 2,
      closes: 10,
      closes_unexpected: 6,
      closes_doubtful: 4,
      unauthorized: 2,
      redis_round_trip_ms: null,
      delivery_lag_ms: null,
    });
  });

  it('tell of a stall of the event loop, and of late deliveries, and forget them', async () => {
    signs = new VitalSigns(() => 7);
    signs.start();
    await vi.waitFor(() => {
      stall(120);
      signs.metrics.deliveredAfter(900, 1);
      expect(signs.read().event_loop_lag_ms).toBeGreaterThan(80);
      expect(signs.read().delivery_lag_ms).toBeGreaterThan(850);
    }, 5_000);
    expect(signs.read().redis_round_trip_ms).toBe(7);
    expect(signs.read().host_busy).toBeGreaterThan(0);
    expect(signs.read().host_busy).toBeLessThanOrEqual(1);
    await vi.waitFor(() => expect(signs.read().delivery_lag_ms).toBeNull(), 5_000);
    await vi.waitFor(() => expect(signs.read().event_loop_lag_ms).toBeLessThan(80), 5_000);
  });
});
