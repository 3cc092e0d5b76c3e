import { expect, test } from 'vitest';
import { History } from './history.js';
import { sampleAt, worker } from './testing/samples.js';

const counters = (accepted: number, refused = 0): string =>
  `websocket_messages_total ${accepted}\nwebsocket_errors_total{type="unavailable"} ${refused}\nwebsocket_queue_overflows_total ${refused}\n`;

test('rates and CPU are those of the window, not of the last look alone', () => {
  const history = new History(5_000);
  for (const second of [0, 1, 2, 3, 4]) {
    history.add(sampleAt(second, { metrics: counters(second * 10), uses: [[1, 'blue', second * 0.1, 50]] }), []);
  }
  history.add(sampleAt(5, { metrics: counters(100), uses: [[1, 'blue', 1, 50]] }), []);
  const snapshot = history.add(sampleAt(6, { metrics: counters(110), uses: [[1, 'blue', 1.1, 50]] }), []);
  expect(snapshot.per_second?.accepted).toBe(20);
  expect(snapshot.cpu_percent?.blue).toBeCloseTo(20, 10);
});

test('at the first look nothing is known of what happens', () => {
  const snapshot = new History(5_000).add(sampleAt(0, { metrics: counters(9, 9) }), []);
  expect(snapshot).toMatchObject({ per_second: null, cpu_percent: null, refused: {}, active: 'blue' });
  expect(snapshot.latency_ms).toEqual({ publish_ack: null, delivery: null });
});

test('what was refused is counted from the beginning, over a time without metrics', () => {
  const history = new History(5_000);
  history.add(sampleAt(0), []);
  history.add(sampleAt(1, { metrics: counters(0, 7) }), []);
  history.add(sampleAt(2, { metrics: counters(0, 9) }), []);
  const away = history.add(sampleAt(3), []);
  expect(away.refused).toEqual({ unavailable: 2, 'queue overflow': 2 });
  expect(away.per_second).toBeNull();
});

test('a message over the rate limit is refused, as a handshake is', () => {
  const limited = (count: number): string =>
    `websocket_rate_limited_messages_total ${count}\nwebsocket_rate_limited_connections_total ${count / 2}\n`;
  const history = new History(5_000);
  history.add(sampleAt(0, { metrics: limited(2) }), []);
  const { refused } = history.add(sampleAt(1, { metrics: limited(10) }), []);
  expect(refused).toEqual({ 'message rate limited': 8, 'connection rate limited': 4 });
});

test('a process that began counts from its start, and one that ended takes nothing away', () => {
  const history = new History(5_000);
  history.add(sampleAt(0, { uses: [[1, 'redis', 100, 10]] }), []);
  const snapshot = history.add(sampleAt(1, { uses: [[2, 'redis', 0.5, 20]] }), []);
  expect(snapshot.cpu_percent?.redis).toBe(50);
  expect(snapshot.memory_bytes.redis).toBe(20 * 1_048_576);
});

test('the connections of each color, look by look', () => {
  const history = new History(5_000);
  history.add(sampleAt(0), []);
  history.add(sampleAt(1, { blue: [worker('blue-1', { connections: 30 })], green: [worker('green-1')] }), []);
  expect([history.points('blue'), history.points('green')]).toEqual([
    [200, 30],
    [0, 100],
  ]);
});
