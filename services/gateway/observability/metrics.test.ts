import { describe, expect, it } from 'vitest';
import { EventSampler, loggedSession, sessionDigest } from './logger.js';
import { NO_METRICS } from './metrics.js';
import { PrometheusMetrics } from './prometheus.js';
import { quietSources } from './testing/sources.js';

const worker = (name: string, connections: number) =>
  new PrometheusMetrics({
    color: 'blue',
    worker: name,
    release: 'r',
    sources: quietSources({ connections: () => ({ open: connections, named: 1 }) }),
    vitals: NO_METRICS,
  });
const IDENTITY = { color: 'blue', worker: '1', release: 'r', vitals: NO_METRICS } as const;
const sample = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1),
  );

describe('metrics of the cluster', () => {
  it('are sums over live workers and what has ended: counters, histograms and labels; gauges of the living only', async () => {
    const [a, b, ended] = [worker('1', 2), worker('2', 3), worker('3', 100)];
    for (const [metrics, times] of [
      [a, 1],
      [b, 2],
      [ended, 4],
    ] as const) {
      for (let n = 0; n < times; n += 1) {
        metrics.messageAccepted(false, 0.003);
        metrics.messageAccepted(true, 0.3);
        metrics.error('invalid_json');
        metrics.httpResponse('/healthz', 200, 0.02);
      }
    }
    const text = await a.cluster([await a.snapshot(), await b.snapshot()], (await ended.snapshot()).totals);
    expect(sample(text, 'websocket_messages_total')).toBe(7);
    expect(sample(text, 'websocket_messages_duplicate_total')).toBe(7);
    expect(sample(text, 'websocket_errors_total{type="invalid_json"}')).toBe(7);
    expect(sample(text, 'websocket_publish_ack_seconds_count')).toBe(14);
    expect(sample(text, 'websocket_publish_ack_seconds_bucket{le="0.005"}')).toBe(7);
    expect(sample(text, 'websocket_publish_ack_seconds_sum')).toBeCloseTo(7 * 0.303);
    expect(sample(text, 'http_request_duration_seconds_count{route="/healthz",status="200"}')).toBe(7);
    expect(sample(text, 'websocket_active_connections')).toBe(5);
  });

  it('lose not even a rounding when a worker ends: sums of seconds too stay what they were, in whatever order', async () => {
    const workers = Array.from({ length: 5 }, (_, n) => worker(String(n), 0));
    for (const [n, metrics] of workers.entries()) metrics.messageAccepted(false, 0.1 + n / 3);
    const snapshots = await Promise.all(workers.map((metrics) => metrics.snapshot()));
    const asking = workers[0]!;
    const sumWith = async (ended: number): Promise<number> => {
      const totals: Record<string, number> = {};
      for (const snapshot of snapshots.slice(0, ended)) {
        for (const [key, value] of Object.entries(snapshot.totals)) totals[key] = (totals[key] ?? 0) + value;
      }
      return sample(await asking.cluster(snapshots.slice(ended), totals), 'websocket_publish_ack_seconds_sum');
    };
    const sums = await Promise.all([0, 1, 2, 3, 4].map(sumWith));
    expect(new Set(sums).size).toBe(1);
    expect(sums[0]).toBeCloseTo(5 * 0.1 + 10 / 3, 3);
  });

  it('take series of another build, whose labels come in another order, and leave out what they do not know', async () => {
    const a = worker('1', 1);
    a.httpResponse('/healthz', 200, 0.02);
    const other = {
      totals: {
        'http_request_duration_seconds_count|{"route":"/healthz","status":"200"}': 4,
        'of_the_future_total|{}': 9,
        'websocket_messages_total|no labels': 9,
        'no separator': 9,
      },
      gauges: {},
    };
    const text = await a.cluster([await a.snapshot(), other], {});
    expect(sample(text, 'http_request_duration_seconds_count{route="/healthz",status="200"}')).toBe(5);
    expect(sample(text, 'websocket_messages_total')).toBe(0);
    expect(text).not.toContain('of_the_future');
  });

  it('leave little in a lease: what workers add up to, and nothing of the process', async () => {
    const snapshot = await worker('1', 1).snapshot();
    expect(JSON.stringify(snapshot).length).toBeLessThan(10_000);
    const names = Object.keys({ ...snapshot.totals, ...snapshot.gauges });
    expect(names.filter((name) => /^(process|nodejs)_/.test(name))).toEqual([]);
  });

  it('name a series the same whatever the order in which its labels were given', async () => {
    const keys = Object.keys((await worker('1', 1).snapshot()).gauges);
    expect(keys).toContain('websocket_release_info|{"color":"blue","release":"r","worker":"1"}');
  });
});

describe('figures of the moment', () => {
  it('add up over workers where they are amounts, and are those of the worst worker where they are not', async () => {
    const [well, ill] = [
      { connections: 5, pubsubLagMs: 2, up: true, waits: 10, lagMs: 1, startedAgoMs: undefined },
      { connections: 3, pubsubLagMs: 4_000, up: false, waits: 9_000, lagMs: 80, startedAgoMs: 20_000 },
    ].map(
      ({ connections, pubsubLagMs, up, waits, lagMs, startedAgoMs }) =>
        new PrometheusMetrics({
          ...IDENTITY,
          sources: quietSources({
            connections: () => ({ open: connections, named: 2 }),
            bufferedBytes: () => 100,
            channels: () => ({ subscribed: 4, slowConsumers: 1 }),
            redis: () => ({ up, roundTripMs: pubsubLagMs / 2, pubsubLagMs }),
            queue: () => ({ size: waits, capacity: 10_000 }),
            logs: () => ({ buffered: 7, dropped: 3 }),
            eventLoopLagMs: () => lagMs,
            drain: () =>
              startedAgoMs === undefined
                ? null
                : { remaining: 3, started_at: new Date(Date.now() - startedAgoMs).toISOString() },
          }),
        }),
    );
    const text = await well!.cluster([await well!.snapshot(), await ill!.snapshot()], {});
    const figures: Record<string, number> = {};
    for (const [, name = '', value] of text.matchAll(/^(websocket_\w+) (\S+)$/gm)) figures[name] = Number(value);
    expect(figures).toMatchObject({
      websocket_active_connections: 8,
      websocket_active_named_connections: 4,
      websocket_active_anonymous_connections: 4,
      websocket_buffered_bytes: 200,
      websocket_subscribed_channels: 8,
      websocket_slow_consumers: 2,
      websocket_queue_size: 9_010,
      websocket_queue_utilization: 0.9,
      websocket_redis_up: 0,
      websocket_redis_round_trip_seconds: 2,
      websocket_pubsub_lag_seconds: 4,
      websocket_event_loop_lag_seconds: 0.08,
      websocket_handlers_registered: 7,
      websocket_draining: 1,
      websocket_drain_remaining_connections: 3,
      websocket_log_buffered_lines: 14,
      websocket_log_lines_dropped_total: 6,
    });
    expect(figures['websocket_drain_seconds']).toBeGreaterThanOrEqual(20);
    expect(sample(text, 'websocket_release_info{color="blue",release="r",worker="1"}')).toBe(1);
  });

  it('a drain that has moved everybody is not running any more', async () => {
    const metrics = new PrometheusMetrics({
      ...IDENTITY,
      sources: quietSources({ drain: () => ({ remaining: 0, started_at: new Date(0).toISOString() }) }),
    });
    const { gauges } = await metrics.snapshot();
    expect(gauges['websocket_drain_seconds|{}']).toBe(0);
    expect(gauges['websocket_draining|{}']).toBe(1);
  });

  it('deliveries that only the probes of the stack got are in no total', async () => {
    const metrics = worker('1', 0);
    metrics.deliveredAfter(3, 0);
    metrics.deliveredAfter(3, 1);
    expect((await metrics.snapshot()).totals['websocket_delivery_seconds_count|{}']).toBe(1);
  });
});

describe('EventSampler', () => {
  it('lets so many a second through, and says how many it did not', () => {
    const sampler = new EventSampler(2);
    expect([0, 1, 2, 3].map((ms) => sampler.take(ms))).toEqual([{ skipped: 0 }, { skipped: 0 }, undefined, undefined]);
    expect([1_000, 1_001, 1_002].map((ms) => sampler.take(ms))).toEqual([{ skipped: 2 }, { skipped: 0 }, undefined]);
    expect(new EventSampler(0).take(0)).toBeUndefined();
  });
});

describe('a session in a log', () => {
  it('[connect-6] is a part of its digest, of no use to take it over', () => {
    const session = '5f0c0000-0000-4000-8000-000000000000';
    const ref = sessionDigest(session);
    expect(ref).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(ref).toBe(sessionDigest(session));
    expect(loggedSession(ref)).toHaveLength(12);
    expect(ref.startsWith(loggedSession(ref))).toBe(true);
  });
});
