import { expect, test } from 'vitest';
import { Recording } from './recording.js';

const counter = { type: 'counter', custom: true };
const trend = { type: 'trend', contains: 'time', custom: true };
const line = (event: string, data: unknown): string => JSON.stringify({ event, data });
const BEGAN = 1_795_661_073_552;

test('values stand in the order of all names so far, and what is open is a sum', () => {
  const recording = new Recording();
  for (const text of [
    line('param', { period: 1_000 }),
    line('metric', { time: { type: 'gauge', contains: 'time' } }),
    line('start', [[BEGAN]]),
    line('metric', { open_blue: counter, connections_opened: counter, messages_lost: counter }),
    // Of connections_opened, messages_lost, open_blue, time.
    line('cumulative', [[9, 9], [9, 9], [9, 9], [BEGAN + 1_004]]),
    line('snapshot', [[30, 30], [], [30, 30], [BEGAN + 1_004]]),
    line('metric', { ack_ms: trend, open_green: counter, delivered_green: counter }),
    // Of ack_ms, connections_opened, delivered_green, messages_lost, open_blue, open_green, time.
    line('snapshot', [[5, 40, 4, 1, 20, 30, 39], [5, 5], [80, 80], [2, 2], [-10, -10], [15, 15], [BEGAN + 1_998]]),
    line('snapshot', [[], [], null, [], [], [], [BEGAN + 3_001]]),
  ]) {
    recording.add(text);
  }
  const still = { opened: 0, published: 0, delivered: { blue: 0, green: 0 }, faults: 0, times: {} };
  expect(recording.moments).toEqual([
    { ...still, seconds: 0, open: { blue: 0, green: 0 } },
    { ...still, seconds: 1, open: { blue: 30, green: 0 }, opened: 30 },
    {
      ...still,
      seconds: 2,
      open: { blue: 20, green: 15 },
      opened: 5,
      delivered: { blue: 0, green: 80 },
      faults: 2,
      times: { ack_ms: { p50: 4, p95: 30, p99: 39 } },
    },
    { ...still, seconds: 3, open: { blue: 20, green: 15 } },
  ]);
});

test('a line that was cut is left out', () => {
  const recording = new Recording();
  recording.add('{"event":"snapshot","da');
  expect(recording.moments).toEqual([]);
});
