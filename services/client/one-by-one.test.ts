import { describe, expect, it, vi } from 'vitest';
import type { ClientOptions } from './options.js';
import { fakeClient } from './testing/fake-client.js';
import type { FakeSocket } from './testing/fake-server.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

const REST_MS = 750;

const sent = (socket: FakeSocket) => socket.all('publish').map(({ data }) => data);

/** The n-th publish of this socket is answered so. */
const refuse = (socket: FakeSocket, n: number, code: string): void => {
  const { id } = socket.all('publish')[n] ?? {};
  socket.say({ type: 'error', id, code, message: 'not now' });
};

const limited = (retry_after: number) => ({
  type: 'system.rate_limited',
  retry_after,
  violations: 1,
  limit: 60,
  window: 60,
});

/** A client with three publishes under way. */
const underWay = (options: Partial<ClientOptions> = {}) => {
  const made = fakeClient(options);
  const { socket } = made.server;
  socket.welcome();
  const publish = (data: number): void => void made.client.publish('room', data).catch(() => {});
  for (const n of [1, 2, 3]) publish(n);
  return { ...made, socket, publish };
};

describe.each(['overloaded', 'unavailable'])('publishes under way when one is %s', (code) => {
  it('[order-4] go again one by one, and what follows them when the last one is acked', () => {
    const { socket, publish } = underWay();
    refuse(socket, 0, code);
    publish(4);
    socket.ack(1, 1);
    refuse(socket, 2, code);
    pass(REST_MS);
    publish(5);
    expect(sent(socket).slice(3)).toEqual([1]);
    socket.ack(3, 2);
    expect(sent(socket).slice(4)).toEqual([3]);
    refuse(socket, 4, code);
    pass(REST_MS);
    expect(sent(socket).slice(5)).toEqual([3]);
    socket.ack(5, 3);
    expect(sent(socket).slice(6)).toEqual([4, 5]);
    publish(6);
    expect(sent(socket).slice(8)).toEqual([6]);
  });

  it('do not wait for one that is refused for good, or dropped', () => {
    const { socket, publish } = underWay({ queue: { limit: 3, whenFull: 'drop-oldest' } });
    refuse(socket, 0, code);
    pass(REST_MS);
    refuse(socket, 3, 'invalid_channel');
    expect(sent(socket).slice(3)).toEqual([1, 2]);
    publish(4);
    publish(5);
    expect(sent(socket).slice(5)).toEqual([3]);
    socket.ack(5, 1);
    expect(sent(socket).slice(6)).toEqual([4, 5]);
  });
});

describe('a client that is told to send less', () => {
  it('publishes nothing before the time is over, on whatever connection, and then again what was not acked', () => {
    const { server, socket, publish, told } = underWay();
    socket.ack(0, 1);
    socket.say(limited(60));
    socket.say(limited(60));
    publish(4);
    pass(30_000);
    expect(sent(socket)).toHaveLength(3);
    socket.end(1012);
    pass(0);
    const next = server.socket.welcome();
    publish(5);
    pass(29_999);
    expect(sent(next)).toEqual([]);
    pass(1);
    expect(sent(next)).toEqual([2]);
    next.ack(0, 2);
    next.ack(1, 3);
    expect(sent(next)).toEqual([2, 3, 4, 5]);
    expect(told.slice(0, 3)).toEqual(['live', 'error rate_limited', 'error rate_limited']);
  });

  it.each([0, -1])('rests all the same where the time is %i s', (retryAfter) => {
    const { socket } = underWay();
    for (const rest of [750, 1_250, 2_250]) {
      const before = sent(socket).length;
      socket.say(limited(retryAfter));
      pass(rest - 1);
      expect(sent(socket)).toHaveLength(before);
      pass(1);
      expect(sent(socket)).toHaveLength(before + 1);
    }
  });

  it('rests as long as a timer can where the time is beyond all timers, and ends when it is closed', async () => {
    const { client, socket } = underWay({ heartbeatMs: 0 });
    socket.say(limited(1e300));
    pass(1_000_000);
    expect(sent(socket)).toHaveLength(3);
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('[limit-5] [order-4] sends one by one after it was closed for too many, and goes on at once when all are acked', () => {
    const { server, socket, publish } = underWay();
    for (let n = 0; n < 3; n += 1) socket.say(limited(1));
    socket.end(4429);
    pass(1_000 + 500);
    const next = server.socket.welcome();
    publish(4);
    expect(sent(next)).toEqual([1]);
    next.ack(0, 1);
    expect(sent(next)).toEqual([1, 2]);
    next.say(limited(1));
    pass(1_000);
    expect(sent(next)).toEqual([1, 2, 2]);
    for (const [n, offset] of [
      [2, 2],
      [3, 3],
      [4, 4],
    ] as const)
      next.ack(n, offset);
    expect(sent(next)).toEqual([1, 2, 2, 3, 4]);
    publish(5);
    publish(6);
    expect(sent(next)).toEqual([1, 2, 2, 3, 4, 5, 6]);
    next.end(1012);
    pass(2_000);
    expect(sent(server.socket.welcome())).toEqual([5, 6]);
  });

  it('[limit-2] subscribes again when the time is over, and says that a question was not answered', async () => {
    const { client, server } = fakeClient();
    client.subscribe('room', () => {});
    const { socket } = server;
    socket.welcome();
    const asked = client.history('room').catch(({ code }: { code: string }) => code);
    socket.say({ ...limited(10), id: socket.all('subscribe')[0]?.['id'] });
    socket.say({ ...limited(10), id: socket.all('history')[0]?.['id'] });
    expect(await asked).toBe('rate_limited');
    pass(9_999);
    expect(socket.all('subscribe')).toHaveLength(1);
    pass(1);
    expect(socket.all('subscribe')).toHaveLength(2);
  });
});
