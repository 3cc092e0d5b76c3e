import { describe, expect, it } from 'vitest';
import { NO_METRICS } from './metrics.js';
import { PrometheusMetrics } from './prometheus.js';
import { statisticsOf } from './statistics.js';
import { quietSources } from './testing/sources.js';

const worker = () =>
  new PrometheusMetrics({ color: 'blue', worker: '1', release: 'r', sources: quietSources(), vitals: NO_METRICS });

describe('statistics', () => {
  it('[metrics-3] are the sums that the metrics of all workers gave', async () => {
    const [one, two] = [worker(), worker()];
    for (const metrics of [one, two]) {
      metrics.connectionOpened('plain');
      metrics.connectionOpened('channels');
      for (let n = 0; n < 5; n += 1) metrics.messageReceived();
      for (let n = 0; n < 2; n += 1) metrics.messageRateLimited();
      metrics.connectionRateLimited();
      metrics.rateLimitDisconnected();
      metrics.frameSent();
      metrics.fannedOut(10);
      for (const status of [101, 200, 304, 400, 404, 503]) metrics.httpResponse('/x', status, 0.25);
    }
    const snapshots = await Promise.all([one.snapshot(), two.snapshot()]);
    expect(statisticsOf(snapshots.map(({ totals }) => totals))).toEqual({
      connections: 4,
      received: 10,
      sent: 22,
      requestsSuccess: 6,
      requestsError: 6,
      responseSeconds: 3,
      limitedMessages: 4,
      limitedConnections: 2,
      limitDisconnects: 2,
    });
  });

  it('are zero where nothing was counted, and pass over what they do not know', () => {
    const requests = { requestsSuccess: 0, requestsError: 0, responseSeconds: 0 };
    const limited = { limitedMessages: 0, limitedConnections: 0, limitDisconnects: 0 };
    const nothing = { connections: 0, received: 0, sent: 0, ...requests, ...limited };
    expect(statisticsOf([])).toEqual(nothing);
    expect(statisticsOf([{ 'of_the_future_total|{}': 9, 'no separator': 9 }])).toEqual(nothing);
  });
});
