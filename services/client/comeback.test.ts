import { describe, expect, it, vi } from 'vitest';
import { ClientClosed } from './errors.js';
import { fakeClient } from './testing/fake-client.js';
import { SESSION } from './testing/fake-server.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('coming back', () => {
  it('[reconnect-1] by back-off with full jitter, with its session, until one has lived for 5 s', () => {
    const { server, told } = fakeClient({ backoff: { minMs: 100, maxMs: 350 } });
    server.socket.welcome().end(1006);
    for (const delay of [100, 200, 350, 350]) {
      const before = server.sockets.length;
      pass(delay - 1);
      expect(server.sockets).toHaveLength(before);
      pass(1);
      expect(server.sockets).toHaveLength(before + 1);
      expect(server.socket.url.searchParams.get('session')).toBe(SESSION);
      server.socket.end(1006);
    }
    pass(350);
    server.socket.welcome();
    pass(4_999);
    server.socket.end(1006);
    pass(349);
    expect(server.sockets).toHaveLength(6);
    pass(1);
    server.socket.welcome();
    pass(5_000);
    server.socket.end(1013, 'Redis is away');
    pass(100);
    expect(server.sockets).toHaveLength(8);
    expect(told.slice(0, 3)).toEqual(['live', 'away 1006', 'connecting']);
    expect(told.slice(-3)).toEqual(['live', 'away 1013, Redis is away', 'connecting']);
  });

  it('[close-1012] at once after a restart, and by back-off if that fails', () => {
    const { server } = fakeClient();
    server.socket.welcome().end(1012, 'deploy');
    pass(0);
    expect(server.sockets).toHaveLength(2);
    server.socket.end(1012);
    pass(0);
    expect(server.sockets).toHaveLength(2);
    pass(1_000);
    expect(server.sockets).toHaveLength(3);
  });

  it.each([1012, 1013, 4413, 4429])(
    '[reconnect-1] by longer and longer back-off from who welcomes and closes with %i',
    (code) => {
      const { server } = fakeClient({ backoff: { minMs: 100, maxMs: 100_000 } });
      for (let n = 0; n < 10; n += 1) {
        server.socket.welcome().end(code);
        pass(100 * 2 ** n);
      }
      const before = server.sockets.length;
      server.socket.welcome().end(code);
      pass(50_000);
      expect([before, server.sockets.length]).toEqual([11, 11]);
    },
  );

  it('[close-1012] at once whenever a connection that had lived is restarted', () => {
    const { server } = fakeClient();
    for (let n = 1; n < 5; n += 1) {
      server.socket.welcome();
      pass(5_000);
      server.socket.end(1012, 'deploy');
      pass(0);
      expect(server.sockets).toHaveLength(n + 1);
    }
  });

  const limited = (retry_after: number) => ({
    type: 'system.rate_limited',
    retry_after,
    violations: 3,
    limit: 60,
    window: 60,
  });

  it('4429: not before the time that the server asked for, whatever happens, and then by back-off', () => {
    const { server, surroundings } = fakeClient();
    server.socket.welcome().say(limited(60));
    pass(1_000);
    server.socket.end(4429);
    surroundings.becomeVisible();
    surroundings.goOffline();
    surroundings.goOnline();
    pass(58_999);
    expect(server.sockets).toHaveLength(1);
    pass(501);
    expect(server.sockets).toHaveLength(2);
    server.socket.end(4429);
    pass(1_000);
    expect(server.sockets).toHaveLength(3);
  });

  it('waits as long as a timer can for a server that names a time beyond all timers, and not at all for one that is over', () => {
    const { server } = fakeClient();
    server.socket.welcome().say(limited(1e300));
    server.socket.end(4429);
    pass(1_000_000);
    expect(server.sockets).toHaveLength(1);
    const other = fakeClient();
    other.server.socket.welcome().say(limited(-10));
    other.server.socket.end(4429);
    pass(500);
    expect(other.server.sockets).toHaveLength(2);
  });

  it('at once after another close, though it was told to send less', () => {
    const { server } = fakeClient();
    server.socket.welcome().say(limited(60));
    server.socket.end(1012, 'deploy');
    pass(0);
    expect(server.sockets).toHaveLength(2);
  });

  it.each([1000, 1001, 1005, 1006, 1011, 1013, 4408, 4413, 4429])('after %i', (code) => {
    const { client, server } = fakeClient();
    server.socket.welcome().end(code);
    expect(client.state).toBe('away');
    pass(500);
    expect(server.sockets).toHaveLength(2);
  });

  it.each([1003, 1008, 1009, 4401, 4403, 4409])('never after %i', async (code) => {
    const { client, server, surroundings, told } = fakeClient();
    const published = client.publish('room', 1);
    server.socket.welcome().end(code, 'why');
    await expect(published).rejects.toMatchObject({ name: 'ClientClosed', code, reason: 'why' });
    await expect(client.ready()).rejects.toBeInstanceOf(ClientClosed);
    await expect(client.publish('room', 2)).rejects.toBeInstanceOf(ClientClosed);
    await expect(client.history('room')).rejects.toBeInstanceOf(ClientClosed);
    await expect(client.subscribe('room', () => {}).ready).rejects.toBeInstanceOf(ClientClosed);
    pass(100_000);
    surroundings.becomeVisible();
    expect(told).toEqual(['live', `closed ${code} why`]);
    expect(server.sockets).toHaveLength(1);
    expect(surroundings.isWatched).toBe(false);
  });

  it('gives up a handshake that is not answered', () => {
    const { server, told } = fakeClient();
    const [first] = server.sockets;
    pass(20_000);
    expect(first?.closedWith).toBeDefined();
    expect(told).toEqual(['away 1006, no welcome']);
    first?.welcome();
    expect(told).toHaveLength(1);
  });
});
