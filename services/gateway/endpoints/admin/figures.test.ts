import { describe, expect, it } from 'vitest';
import type { WorkerLease } from '../../broker/cluster-directory.js';
import type { ClusterStatistics } from '../../cluster/statistics-reader.js';
import { NO_METRICS } from '../../observability/metrics.js';
import { PrometheusMetrics } from '../../observability/prometheus.js';
import { quietSources } from '../../observability/testing/sources.js';
import { statisticsOf } from '../../observability/statistics.js';
import { DeployNotices, readDeployNotice, type DeployNotice } from './deploy-notices.js';
import { colorsOf, deliveryLagGauge, restartedGauge, workersOf } from './figures.js';
import { quantile } from './percentiles.js';
import { RateMeter } from './rates.js';
import { chartHistory, chartSampler } from './samples.js';

const lease = (over: Partial<WorkerLease>): WorkerLease => ({
  workerId: 'id',
  color: 'blue',
  worker: '1',
  release: 'r1',
  startedAt: '2026-11-23T10:30:00.000Z',
  connections: 0,
  totals: {},
  gauges: {},
  ...over,
});
const acks = (bounds: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(bounds).map(([le, count]) => [`websocket_publish_ack_seconds_bucket|{"le":"${le}"}`, count]),
  );
const statistics = (workers: readonly WorkerLease[], ended: Record<string, number> = {}): ClusterStatistics => ({
  totals: statisticsOf([...workers.map(({ totals }) => totals), ended]),
  active: workers.reduce((sum, { connections }) => sum + connections, 0),
  workers,
  ended,
});

describe('the figures of a worker', () => {
  it('[admin-5] come back from its lease as it wrote them', async () => {
    const metrics = new PrometheusMetrics({
      color: 'blue',
      worker: '1',
      release: 'r1',
      sources: quietSources({
        drain: () => ({ remaining: 7, started_at: '2026-11-23T10:30:00.000Z' }),
        eventLoopLagMs: () => 3,
        redis: () => ({ up: true, roundTripMs: 1, pubsubLagMs: 0 }),
      }),
      vitals: NO_METRICS,
    });
    const { gauges } = await metrics.snapshot();
    expect(workersOf([lease({ gauges, connections: 9 })])).toEqual([
      {
        color: 'blue',
        worker: '1',
        release: 'r1',
        started_at: '2026-11-23T10:30:00.000Z',
        connections: 9,
        draining: true,
        left: 7,
        event_loop_lag_ms: 3,
        redis_round_trip_ms: 1,
        delivery_lag_ms: null,
        restarted: false,
      },
    ]);
    const late = { ...gauges, ...deliveryLagGauge(12), ...deliveryLagGauge(null) };
    expect(workersOf([lease({ gauges: late })])[0]?.delivery_lag_ms).toBe(12);
    expect(workersOf([lease({ gauges: { ...gauges, ...restartedGauge(true) } })])[0]?.restarted).toBe(true);
    // A release from before there was this.
    expect(workersOf([lease({})])[0]).toMatchObject({
      draining: false,
      left: null,
      event_loop_lag_ms: null,
      restarted: false,
    });
  });

  it('[admin-5] add up to those of its color', () => {
    const workers = [lease({ connections: 2 }), lease({ connections: 3, release: 'r2' }), lease({ color: 'green' })];
    expect(colorsOf(workers)).toEqual({
      blue: { connections: 5, workers: 2, releases: ['r1', 'r2'] },
      green: { connections: 0, workers: 1, releases: ['r1'] },
    });
  });
});

describe('percentiles', () => {
  const before = new Map([
    [0.01, 100],
    [0.1, 100],
    [Infinity, 100],
  ]);
  it.each([
    [0.5, 0.01],
    [0.75, 0.055],
    [1, 0.1],
  ])('[admin-5] %d of what was observed between two looks took %d s at most', (q, seconds) => {
    const after = new Map([
      [Infinity, 110],
      [0.01, 105],
      [0.1, 110],
    ]);
    expect(quantile(before, after, q)).toBeCloseTo(seconds, 9);
  });

  it('are the last bound where more is not known, and none where nothing was observed', () => {
    expect(
      quantile(
        new Map(),
        new Map([
          [0.1, 0],
          [Infinity, 4],
        ]),
        0.5,
      ),
    ).toBe(0.1);
    expect(quantile(before, before, 0.5)).toBeUndefined();
  });
});

describe('rates', () => {
  it('[admin-5] are of the whole cluster, and do not fall when a worker ends', () => {
    const meter = new RateMeter();
    const received = (count: number) => ({
      'websocket_messages_received_total|{}': count,
      ...acks({ '0.01': count, '+Inf': count }),
    });
    expect(meter.measure(statistics([lease({ totals: received(10) })]), 0).received).toBeNull();
    const second = meter.measure(statistics([lease({ totals: received(30) })], received(10)), 2_000);
    expect(second).toMatchObject({ received: 15, sent: 0, ack_p50_ms: 5, delivery_p99_ms: null });
    expect(meter.measure(statistics([], received(40)), 3_000)).toMatchObject({ received: 0, ack_p99_ms: null });
    expect(meter.measure(statistics([], received(50)), 100_000).received).toBeNull();
  });

  it('[admin-5] are told at the first look too where another meter has looked: no hole where a page goes to another worker', () => {
    const sampled = new RateMeter();
    const at = (count: number, ms: number, meter: RateMeter) =>
      meter.measure(statistics([lease({ totals: { 'websocket_messages_received_total|{}': count } })]), ms).received;
    at(0, 0, sampled);
    at(100, 10_000, sampled);
    expect(at(150, 15_000, new RateMeter(sampled))).toBe(10);
    // Half a second would be noise: since the look before that one.
    const young = new RateMeter(sampled);
    expect(at(126, 10_500, young)).toBe(12);
    // From then on since its own.
    expect(at(146, 11_500, young)).toBe(20);
    expect(at(150, 70_001, new RateMeter(sampled))).toBeNull();
  });

  it('[admin-5] stand in samples, from which charts are drawn', () => {
    const sample = chartSampler(new RateMeter());
    const values = sample(statistics([lease({ connections: 4 })]));
    expect(
      chartHistory([
        { timeMs: 1, values: {} },
        { timeMs: 2, values },
      ]),
    ).toMatchObject({
      times: [1, 2],
      series: { blue: [null, 4], green: [null, 0], received: [null, null] },
    });
  });
});

describe('deploy notices', () => {
  const notice = (over: Partial<DeployNotice> = {}): DeployNotice => ({
    verb: 'promote',
    from: 'blue',
    to: 'green',
    release: 'r2',
    step: 'start',
    state: 'running',
    at: '2026-11-23T10:30:00.000Z',
    ...over,
  });

  it('[admin-6] are kept one for each step, until the next deploy begins', () => {
    const told: DeployNotice[] = [];
    const notices = new DeployNotices((one) => told.push(one));
    for (const one of [
      notice(),
      notice({ step: 'move', moved: 1, left: 9 }),
      notice({ step: 'move', moved: 5, left: 5, at: '2026-11-23T10:30:09.000Z' }),
      notice({ step: 'stop', state: 'done' }),
    ]) {
      notices.take(one);
    }
    const { at } = notice();
    expect(notices.all().map((kept) => [kept.step, kept.moved, kept.at, kept.told_at])).toEqual([
      ['start', undefined, at, at],
      ['move', 5, at, '2026-11-23T10:30:09.000Z'],
      ['stop', undefined, at, at],
    ]);
    expect(told).toHaveLength(4);
    notices.take(notice({ verb: 'rollback' }));
    expect(notices.all()).toEqual([{ ...notice({ verb: 'rollback' }), told_at: at }]);
  });

  it('are no others than those agreed', () => {
    expect(readDeployNotice(JSON.stringify(notice()))).toEqual(notice());
    const reasons = notice({ rate: 12, note: 'paused: green is slow', cause: 'green lags' });
    expect(readDeployNotice(JSON.stringify(reasons))).toEqual(reasons);
    // A newer release says more.
    expect(readDeployNotice(JSON.stringify({ ...notice(), mood: 'calm' }))).toEqual(notice());
    expect(readDeployNotice(JSON.stringify({ ...notice(), state: 'odd' }))).toBeUndefined();
    expect(readDeployNotice('nonsense')).toBeUndefined();
  });
});
