import { describe, expect, it, vi } from 'vitest';
import { listening, move } from './testing/fake-client.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('a move that does not go well', () => {
  it('tries again while the new color is not there, served by the old one', () => {
    const { client, server, heard } = listening();
    const [old] = server.sockets;
    old?.subscribed('room', 0, false);
    old?.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 60_000, reason: 'deploy' });
    pass(0);
    for (const delay of [500, 1_000]) {
      server.socket.end(1006);
      pass(delay);
    }
    expect(server.sockets).toHaveLength(4);
    old?.messages('room', [1]);
    expect([heard, client.state]).toEqual([[1], 'moving']);
    server.socket.welcome();
    server.socket.subscribed('room', 1, true);
    expect(client.state).toBe('live');
  });

  it('tries by longer and longer back-off where the new color welcomes and closes, from the beginning at each move', () => {
    const { client, server } = listening();
    for (const delay of [500, 1_000, 2_000]) {
      server.socket.end(1006);
      pass(delay);
    }
    const old = server.socket.welcome();
    old.subscribed('room', 0, false);
    pass(5_000);
    move(server);
    for (const delay of [500, 1_000, 2_000, 4_000]) {
      const { length } = server.sockets;
      server.socket.end(1013);
      pass(delay - 1);
      expect(server.sockets).toHaveLength(length);
      pass(1);
      server.socket.welcome();
    }
    expect([server.sockets.length, client.state, old.closedWith]).toEqual([9, 'moving', undefined]);
  });

  it('4429: waits for as long as the new color asks it to', () => {
    const { client, server } = listening();
    server.socket.subscribed('room', 0, false);
    const { next } = move(server);
    next.say({ type: 'system.rate_limited', retry_after: 20, violations: 3, limit: 60, window: 60 });
    next.end(4429);
    pass(19_999);
    expect([server.sockets.length, client.state]).toEqual([2, 'moving']);
    pass(501);
    expect(server.sockets).toHaveLength(3);
  });

  it('does not try while offline, and at once when it is online again, if its slot has come', () => {
    const { client, server, surroundings } = listening();
    server.socket.subscribed('room', 0, false);
    const old = server.socket;
    old.say({ type: 'system.reconnect', after_ms: 100, deadline_ms: 90_000, reason: 'deploy' });
    surroundings.goOffline();
    surroundings.goOnline();
    expect(server.sockets).toHaveLength(1);
    surroundings.goOffline();
    pass(5_000);
    expect([server.sockets.length, client.state]).toEqual([1, 'moving']);
    surroundings.goOnline();
    expect(server.sockets).toHaveLength(2);
    server.socket.end(1006);
    surroundings.goOffline();
    pass(5_000);
    surroundings.goOnline();
    server.socket.welcome();
    server.socket.subscribed('room', 0, true);
    expect([server.sockets.length, client.state, old.closedWith]).toEqual([3, 'live', 1000]);
  });

  it('goes back to the old connection when the new one ends before it has caught up', () => {
    const { client, server, heard } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    const also: number[] = [];
    client.subscribe('late', ({ offset }) => also.push(offset));
    void client.publish('room', 'said on the new one').catch(() => {});
    next.end(1006);
    expect(old.all('subscribe')).toMatchObject([{ channel: 'room' }, { channel: 'late' }]);
    expect(old.all('publish')).toHaveLength(1);
    old.subscribed('late', 0, false);
    old.messages('late', [1]);
    old.messages('room', [1]);
    expect([heard, also]).toEqual([[1], [1]]);
    pass(500);
    server.socket.welcome();
    expect(server.socket.all('subscribe')).toHaveLength(2);
  });

  it.each([1003, 1008, 1009, 4401, 4403])(
    'is served by the old connection to its end where the new one is refused with %i, and then tries once more',
    async (code) => {
      const { client, server, heard, told } = listening();
      server.socket.subscribed('room', 0, false);
      const { old, next } = move(server);
      const published = client.publish('room', 'said on the new one');
      next.end(code, 'why');
      old.messages('room', [1]);
      old.ack(0, 2);
      expect([heard, client.state, (await published).offset]).toEqual([[1], 'live', 2]);
      pass(10_000);
      expect(server.sockets).toHaveLength(2);
      old.end(1012, 'deploy');
      pass(0);
      expect(server.sockets).toHaveLength(3);
      server.socket.end(code, 'why');
      expect(told).toEqual(['live', 'moving', 'live', 'away 1012, deploy', 'connecting', `closed ${code} why`]);
    },
  );

  it('moves when it is told to again, after it was refused', () => {
    const { client, server } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    next.end(4403);
    old.say({ type: 'system.reconnect', after_ms: 100, deadline_ms: 3_100, reason: 'deploy' });
    pass(100);
    server.socket.welcome();
    server.socket.subscribed('room', 0, true);
    expect([client.state, old.closedWith]).toEqual(['live', 1000]);
  });

  it('[close-4409] is closed with the old connection where the new one was replaced by another client', async () => {
    const { client, server, heard, told } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    next.end(4409, 'a newer connection');
    old.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 3_000, reason: 'deploy' });
    pass(2_000);
    old.messages('room', [1]);
    expect([heard, client.state, server.sockets.length]).toEqual([[1], 'live', 2]);
    old.end(1012, 'deploy');
    await expect(client.publish('room', 1)).rejects.toMatchObject({ name: 'ClientClosed', code: 4409 });
    expect(told.slice(2)).toEqual(['live', 'closed 4409 a newer connection']);
    expect(server.sockets).toHaveLength(2);
  });

  it('leaves no gap where it asked twice on one connection', () => {
    const { server, heard } = listening();
    const { old, next } = move(server);
    next.end(1006);
    expect(old.all('subscribe')).toHaveLength(2);
    old.subscribed('room', 5, false, { n: 0 });
    old.messages('room', [6]);
    old.subscribed('room', 7, false, { n: 1 });
    old.messages('room', [8]);
    old.subscribed('room', 8, true);
    old.messages('room', [7, 8, 9]);
    expect(heard).toEqual([6, 7, 8, 9]);
  });

  it('[move-5] goes on with the new connection when the old one ends first', () => {
    const { server, told } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    old.end(1012);
    next.subscribed('room', 0, true);
    pass(100_000);
    expect(server.sockets.slice(0, 2)).toEqual([old, next]);
    expect(told.slice(0, 3)).toEqual(['live', 'moving', 'live']);
  });

  it('stays on the old connection until the new one has subscribed, whatever that one can not do now', () => {
    const { client, server, heard } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    const refuse = () => {
      const { id } = next.all('subscribe').at(-1) ?? {};
      next.say({ type: 'error', id, code: 'internal', message: 'the server failed at this frame' });
    };
    refuse();
    pass(750);
    refuse();
    old.messages('room', [1]);
    expect([heard, client.state, old.closedWith]).toEqual([[1], 'moving', undefined]);
    pass(1_250);
    expect(next.all('subscribe').at(-1)).toMatchObject({ recover: { offset: 1 } });
    next.subscribed('room', 1, true);
    expect([client.state, old.closedWith]).toEqual(['live', 1000]);
  });

  it('[move-5] goes on asking on the new connection when the old one ends at its deadline', () => {
    const { server, heard, told } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    const { id } = next.all('subscribe')[0] ?? {};
    next.say({ type: 'error', id, code: 'internal', message: 'the server failed at this frame' });
    old.end(1012, 'deploy');
    pass(750);
    next.subscribed('room', 2, true);
    next.messages('room', [1, 2]);
    expect(heard).toEqual([1, 2]);
    expect(told).toEqual(['live', 'moving', 'error internal', 'live']);
  });
});
