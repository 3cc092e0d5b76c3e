import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../broker/broker.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { StreamClient, type StreamEvent } from '../../testing/stream-client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';
import { METRIC_NAMES } from './events.js';

const TOKEN = 'a control token for tests';
let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;

const start = (color: string, settings: Record<string, string> = {}): Promise<TestWorker> =>
  startWorker((id) => cluster.broker(id), {
    COLOR: color,
    CONTROL_TOKEN: TOKEN,
    LEASE_INTERVAL: '0.05',
    METRICS_SAMPLE_INTERVAL: '0.2',
    METRICS_HISTORY: '60',
    METRICS_HEARTBEAT_INTERVAL: '0.3',
    ...settings,
  });
beforeEach(async () => {
  cluster = createMemoryCluster();
  blue = await start('blue');
  green = await start('green');
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const numbers = (event: StreamEvent): Record<string, number> =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, Number(event[name])]));

describe('the metrics stream', () => {
  it('[metrics-1] [metrics-8] sends a Snapshot with every field at once, and goes on each second without being asked', async () => {
    const client = await StreamClient.connect(blue);
    const first = await client.nth('Snapshot', 1);
    expect(Object.keys(first)).toEqual(['type', 'timestamp', ...METRIC_NAMES]);
    expect(first['timestamp']).toMatch(TIMESTAMP);
    // Its own handshake is a request, and it is connected.
    expect(numbers(first)).toMatchObject({ requests_total: 1, requests_success: 1, active_connections: 1 });
    const third = await client.nth('Snapshot', 3);
    expect(Object.keys(third)).toEqual(Object.keys(first));
  });

  it('[metrics-1] [metrics-2] every Snapshot has every field, whatever was subscribed to, at the interval of each', async () => {
    const [quick, slow] = [await StreamClient.connect(blue), await StreamClient.connect(blue)];
    slow.send({ metrics: ['requests_total'], interval_seconds: 3 });
    await quick.nth('Snapshot', 7);
    expect(slow.all('Snapshot').length).toBeGreaterThanOrEqual(2);
    expect(slow.all('Snapshot').length).toBeLessThanOrEqual(4);
    expect(Object.keys(await slow.next('Snapshot'))).toEqual(['type', 'timestamp', ...METRIC_NAMES]);
    slow.send({ metrics: [], interval_seconds: 1 });
    const before = quick.all('Snapshot').length;
    await slow.nth('Snapshot', slow.all('Snapshot').length + 4);
    // At the old interval that would be twelve.
    expect(quick.all('Snapshot').length - before).toBeLessThanOrEqual(6);
  });

  it('[metrics-3] counts the requests of the whole cluster, upgrades among them, and not those of the stack itself', async () => {
    for (let n = 0; n < 5; n += 1) await fetch(`${green.http}/healthz/`);
    for (let n = 0; n < 3; n += 1) await fetch(`${green.http}/nothing/here`);
    await expect(TextClient.connect(`${green.ws}/ws/echo`)).rejects.toThrow('400');
    const ada = await TextClient.connect(`${green.ws}/ws/ada`);
    const own = { Authorization: `Bearer ${TOKEN}` };
    for (const path of ['/healthz/', '/control/status', '/nothing'])
      await fetch(`${green.http}${path}`, { headers: own });
    const probe = await TextClient.connect(`${green.ws}/ws/probe`, { headers: own });
    const client = await StreamClient.connect(blue);
    // Blue's lease is as of now, green's is renewed every 50 ms.
    await client.nth('Snapshot', 2);
    const { avg_response_time: average, ...counts } = numbers(await client.next('Snapshot'));
    expect(counts).toEqual({
      requests_total: 11,
      requests_success: 7,
      requests_error: 4,
      active_connections: 3,
      success_rate: 63.64,
    });
    expect(average).toBeGreaterThan(0);
    await Promise.all([ada.close(), probe.close()]);
  });

  it('[metrics-4] sends what was, for the metrics that were asked for and under the names they were asked by', async () => {
    const client = await StreamClient.connect(green);
    await client.nth('Snapshot', 3);
    client.send({ metrics: ['response_time_avg', 'active_connections'], include_history: true });
    const [average, active] = [await client.nth('TimeSeries', 1), await client.nth('TimeSeries', 2)];
    expect(client.all('TimeSeries').map((event) => event['metric_name'])).toEqual([
      'response_time_avg',
      'active_connections',
    ]);
    for (const series of [average, active]) {
      const points = series['data_points'] as { timestamp: string; value: number }[];
      expect(points.length).toBeGreaterThan(5);
      for (const { timestamp, value } of points) {
        expect(timestamp).toMatch(TIMESTAMP);
        expect(value).toBeGreaterThanOrEqual(0);
      }
      expect(points.map(({ timestamp }) => timestamp)).toEqual(points.map(({ timestamp }) => timestamp).sort());
    }
    client.send({ metrics: [], include_history: true });
    await client.nth('TimeSeries', 2 + METRIC_NAMES.length);
    expect(
      client
        .all('TimeSeries')
        .slice(2)
        .map((event) => event['metric_name']),
    ).toEqual([...METRIC_NAMES]);
  });

  it('[metrics-5] sends heartbeats', async () => {
    const client = await StreamClient.connect(blue);
    const second = await client.nth('Heartbeat', 2);
    expect(Object.keys(second)).toEqual(['type', 'timestamp']);
    expect(second['timestamp']).toMatch(TIMESTAMP);
  });

  it('[metrics-6] answers ten bad messages in a row, each with what is wrong, and closes at the eleventh', async () => {
    const client = await StreamClient.connect(blue);
    const bad = [
      'not JSON',
      '{"metrics":',
      { metrics: 7 },
      { metrics: ['cpu'] },
      { metrics: [], interval_seconds: 0 },
      { metrics: [], interval_seconds: 61 },
      { metrics: [], interval_seconds: '1' },
      { metrics: [], include_history: 'yes' },
      {},
      'x'.repeat(100_000),
    ];
    for (const [index, message] of bad.entries()) {
      client.send(message);
      const error = await client.nth('Error', index + 1);
      expect(Object.keys(error)).toEqual(['type', 'message']);
    }
    const words = client.all('Error').map((event) => String(event['message']));
    for (const [index, field] of [
      [2, 'metrics must be'],
      [3, 'metrics[0] "cpu"'],
      [4, 'interval_seconds'],
      [7, 'include_history'],
      [9, '100000 bytes'],
    ] as const) {
      expect(words[index]).toContain(field);
    }
    // It lives, and one that is good begins the count anew.
    await client.next('Snapshot');
    client.send({ metrics: [] });
    for (const message of bad) client.send(message);
    await client.nth('Error', 20);
    await client.next('Snapshot');
    client.send('the eleventh');
    expect((await client.closed).code).toBe(1008);
    expect(client.all('Error')).toHaveLength(20);
  });

  it('[metrics-7] totals do not fall when a worker ends, and the stream is moved with 1012 alone [move-7]', async () => {
    for (let n = 0; n < 5; n += 1) await fetch(`${green.http}/healthz/`);
    const there = await StreamClient.connect(green);
    const last = numbers(await there.nth('Snapshot', 2));
    await green.app.stop();
    expect(await there.closed).toMatchObject({ code: 1012 });
    expect(new Set(there.events.map(({ type }) => type))).toEqual(new Set(['Snapshot', 'Heartbeat']));
    const here = numbers(await (await StreamClient.connect(blue)).nth('Snapshot', 1));
    expect(here['requests_total']).toBe(last['requests_total']! + 1);
    expect(here['active_connections']).toBe(1);
  });

  it('[metrics-1] begins with a Snapshot, however long that takes', async () => {
    let broker: Broker | undefined;
    const worker = await startWorker((id) => (broker = cluster.broker(id)), {
      METRICS_SAMPLE_INTERVAL: '60',
      METRICS_HEARTBEAT_INTERVAL: '0.05',
    });
    const early = await StreamClient.connect(worker);
    await early.nth('Heartbeat', 1);
    const view = broker!.cluster.view.bind(broker!.cluster);
    const looks = vi.spyOn(broker!.cluster, 'view').mockImplementation(async () => {
      await early.nth('Heartbeat', early.all('Heartbeat').length + 5);
      return view();
    });
    const late = await StreamClient.connect(worker);
    await late.nth('Heartbeat', 1);
    expect(looks).toHaveBeenCalled();
    expect(late.events.map(({ type }) => type)[0]).toBe('Snapshot');
    await worker.app.stop();
  });

  it('looks at the cluster no more for a client that has gone', async () => {
    let broker: Broker | undefined;
    const quiet = await startWorker((id) => (broker = cluster.broker(id)), {
      METRICS_SAMPLE_INTERVAL: '60',
      METRICS_HEARTBEAT_INTERVAL: '0.3',
    });
    const [gone, slow] = [await StreamClient.connect(quiet), await StreamClient.connect(quiet)];
    await gone.nth('Snapshot', 2);
    await gone.close();
    slow.send({ metrics: [], interval_seconds: 60 });
    // Its subscription has been taken when the answer to a bad one behind it comes.
    slow.send('bad');
    await slow.nth('Error', 1);
    const looks = vi.spyOn(broker!.cluster, 'view');
    // Ten heartbeats are three seconds.
    await slow.nth('Heartbeat', slow.all('Heartbeat').length + 10);
    expect(looks).not.toHaveBeenCalled();
    await quiet.app.stop();
  });

  it('[close-1003] closes on a binary message, and refuses with 503 while Redis is away', async () => {
    const client = await TextClient.connect(`${blue.ws}/ws/metrics`);
    client.socket.send(Buffer.from('{}'));
    expect((await client.closed).code).toBe(1003);
    cluster.disconnect(blue.workerId);
    await expect(StreamClient.connect(blue)).rejects.toThrow('503');
    cluster.reconnect(blue.workerId);
  });
});
