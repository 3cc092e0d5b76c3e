import { describe, expect, test } from 'vitest';
import { decodeServerFrame } from '../../protocol/decode-server.js';
import { figuresOf, Latency } from './latency.js';

const frame = (fields: Readonly<Record<string, unknown>>) => {
  const decoded = decodeServerFrame(JSON.stringify(fields));
  if (!decoded.ok) throw new Error('no frame');
  return decoded.frame;
};
const ack = (offset: number, id?: string) =>
  frame({ type: 'ack', channel: 'room', epoch: 'e1', offset, message_count: 1, ...(id === undefined ? {} : { id }) });
const message = (offset: number, from = 'me') =>
  frame({ type: 'message', channel: 'room', epoch: 'e1', offset, from, data: 1, time: '2026-01-01T00:00:00.000Z' });
const publish = (id: string) => JSON.stringify({ type: 'publish', channel: 'room', data: 1, id });

describe('the round trip of a publish', () => {
  test('is measured to its ack and to its own delivery, whichever comes first', () => {
    const latency = new Latency();
    latency.sent(publish('a'), 100);
    latency.received(ack(1, 'a'), 'me', 103);
    latency.received(message(1), 'me', 105);
    latency.sent(publish('b'), 200);
    latency.received(message(2), 'me', 201);
    latency.received(ack(2, 'b'), 'me', 204);
    expect(latency.roundTrips).toMatchObject([
      { ack: 3, delivery: 5 },
      { ack: 4, delivery: 1 },
    ]);
  });

  test('counts from the first sending, and only messages of its own', () => {
    const latency = new Latency();
    latency.sent(publish('a'), 100);
    latency.sent(publish('a'), 500);
    latency.received(ack(7, 'a'), 'me', 600);
    latency.received(message(7, 'somebody'), 'me', 601);
    expect(latency.roundTrips).toMatchObject([{ ack: 500, delivery: undefined }]);
  });

  test('bare lines are answered in their order, an error is an answer, and a disconnect ends the wait', () => {
    const latency = new Latency();
    for (const at of [0, 10, 20]) latency.sent('hello', at);
    latency.sent(JSON.stringify({ type: 'subscribe', channel: 'room' }), 25);
    latency.received(frame({ type: 'error', code: 'too_large', message: 'no' }), 'me', 30);
    latency.received(ack(1), 'me', 31);
    latency.disconnected();
    latency.received(ack(2), 'me', 32);
    latency.sent('again', 40);
    latency.received(ack(3), 'me', 42);
    expect(latency.roundTrips.map((trip) => trip.ack)).toEqual([21, 2]);
  });

  test('the newest 200 are kept', () => {
    const latency = new Latency();
    for (let n = 1; n <= 250; n += 1) {
      latency.sent('x', 0);
      latency.received(ack(n), 'me', n);
    }
    expect([latency.roundTrips.length, latency.roundTrips[0]?.ack]).toEqual([200, 51]);
  });
});

test('last, median and 95th percentile are values that were measured', () => {
  expect(figuresOf([])).toBeUndefined();
  expect(figuresOf([undefined])).toBeUndefined();
  expect(figuresOf([5, undefined])).toEqual({ last: 5, median: 5, p95: 5 });
  expect(figuresOf(Array.from({ length: 100 }, (_, n) => 100 - n))).toEqual({ last: 1, median: 50, p95: 95 });
});
