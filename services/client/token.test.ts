import { describe, expect, it, vi } from 'vitest';
import { fakeClient } from './testing/fake-client.js';

/** Gives `t1`, `t2` …, one for each time it is asked. */
const tokens = () => {
  let made = 0;
  return vi.fn<() => Promise<string>>(async () => `t${(made += 1)}`);
};
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a token that is asked for', () => {
  it('[token-1] is another one for each connection, and goes as a subprotocol', async () => {
    const { server } = fakeClient({ token: tokens() });
    await pass(0);
    server.socket.welcome().end(1012);
    await pass(1_000);
    expect(server.sockets.map(({ protocols }) => protocols)).toEqual([
      ['switchyard.v1', 'bearer.t1'],
      ['switchyard.v1', 'bearer.t2'],
    ]);
    expect(server.socket.url.href).not.toContain('t2');
  });

  it('[token-4] is another one, on the open connection, before that ends', async () => {
    const { server, told } = fakeClient({ token: tokens() });
    await pass(0);
    server.socket.welcome().say({ type: 'system.token_expiring', expires_in: 60 });
    await pass(0);
    expect(server.socket.all('system.token')).toEqual([{ type: 'system.token', token: 't2' }]);
    server.socket.say({ type: 'system.token_renewed', expires_in: 600 });
    expect(told).toEqual(['live']);
  });

  it.each([
    { type: 'system.heartbeat', time: '2026-11-25T12:00:00.000Z', active_connections: 1 },
    { type: 'system.pong', time: '2026-11-25T12:00:00.000Z' },
    { type: 'presence_change', channel: 'room', change: 'reset', time: '2026-11-25T12:00:00.000Z' },
    { type: 'system.idle_warning', idle_seconds: 60 },
    { type: 'system.token_renewed', expires_in: 600 },
  ])('[token-4] is not asked for by a $type', async (frame) => {
    const token = tokens();
    const { server } = fakeClient({ token });
    await pass(0);
    server.socket.welcome().say(frame);
    await pass(0);
    expect(token).toHaveBeenCalledTimes(1);
    expect(server.socket.all('system.token')).toEqual([]);
  });

  it('[close-4401] is asked for again, by back-off, where the one before was not good', async () => {
    const { server, told } = fakeClient({ token: tokens() });
    await pass(0);
    server.socket.end(4401, 'the token has expired');
    expect(server.sockets).toHaveLength(1);
    await pass(500);
    server.socket.welcome();
    expect(server.socket.protocols).toContain('bearer.t2');
    expect(told).toEqual(['away 4401, the token has expired', 'connecting', 'live']);
  });

  it('[close-4401] that is given once is not tried again', async () => {
    const { server, told } = fakeClient({ token: 't1' });
    server.socket.end(4401, 'the token has expired');
    await pass(100_000);
    expect(server.sockets).toHaveLength(1);
    expect(told).toEqual(['closed 4401 the token has expired']);
  });

  it('[move-3] is asked for before a move, which waits for it; the connection before serves on', async () => {
    let give: (token: string) => void = () => {};
    const token = vi.fn<() => Promise<string>>(async () => new Promise((resolve) => (give = resolve)));
    const { client, server } = fakeClient({ token });
    give('t1');
    await pass(0);
    server.socket.welcome().say({ type: 'system.reconnect', after_ms: 100, deadline_ms: 3_100, reason: 'deploy' });
    await pass(2_000);
    expect([server.sockets.length, client.state]).toEqual([1, 'moving']);
    give('t2');
    await pass(0);
    expect(server.socket.protocols).toContain('bearer.t2');
    server.socket.welcome({ color: 'green' });
    expect([client.state, client.color]).toEqual(['live', 'green']);
  });

  it('that is not to be had ends the attempt, and the next one asks again', async () => {
    const token = tokens().mockRejectedValueOnce(new Error('no network'));
    const { server, told } = fakeClient({ token });
    await pass(0);
    expect(server.sockets).toHaveLength(0);
    await pass(500);
    server.socket.welcome();
    expect(told).toEqual(['away 1006, Error: no network', 'connecting', 'live']);
  });

  it('that is not to be had in time for a renewal leaves the connection as it is', async () => {
    const token = tokens();
    const { server, told } = fakeClient({ token });
    await pass(0);
    token.mockRejectedValueOnce(new Error('no network'));
    server.socket.welcome().say({ type: 'system.token_expiring', expires_in: 60 });
    await pass(0);
    expect(server.socket.all('system.token')).toEqual([]);
    expect(told).toEqual(['live']);
  });

  it('that comes after the client was closed opens nothing', async () => {
    let give: (token: string) => void = () => {};
    const { client, server } = fakeClient({ token: async () => new Promise((resolve) => (give = resolve)) });
    await client.close();
    give('t1');
    await pass(0);
    for (const socket of server.sockets) expect(socket.closedWith).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
