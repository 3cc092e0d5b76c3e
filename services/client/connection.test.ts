import { describe, expect, it, vi } from 'vitest';
import { Client } from './client.js';
import { ClientClosed } from './errors.js';
import { fakeClient } from './testing/fake-client.js';
import { FakeServer, SESSION } from './testing/fake-server.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('connecting', () => {
  it.each([
    ['http://host', 'ws://host/ws'],
    ['https://host/', 'wss://host/ws'],
    ['ws://host:9/ws/chat/', 'ws://host:9/ws/chat/'],
    ['wss://host/ws?a=b', 'wss://host/ws?a=b'],
  ])('%s is %s', (url, address) => {
    const { server } = fakeClient({ url });
    expect(server.socket.url.href).toBe(address);
  });

  it('throws for what is no address', () => {
    expect(() => new Client({ url: 'host', webSocket: new FakeServer().webSocket })).toThrow(TypeError);
  });

  it('says who it is, with the token out of the address', () => {
    const { server } = fakeClient({ clientId: 'ada', token: 'secret', session: SESSION });
    const { url, protocols } = server.socket;
    expect(url.search).toBe(`?client_id=ada&session=${SESSION}`);
    expect(protocols).toEqual(['switchyard.v1', 'bearer.secret']);
  });

  it('is live when it is welcomed, and sends nothing before', async () => {
    const { client, server, told } = fakeClient();
    const ready = client.ready();
    client.subscribe('room', () => {});
    void client.publish('room', 1);
    expect([client.state, client.session, client.color]).toEqual(['connecting', undefined, undefined]);
    expect(server.socket.sent).toEqual([]);
    server.socket.welcome({ message_count: 7 });
    await ready;
    await client.ready();
    expect(told).toEqual(['live']);
    const { state, session, clientId, messageCount, color, worker } = client;
    expect([state, session, clientId, messageCount, color, worker]).toEqual(['live', SESSION, 'ada', 7, 'blue', '1']);
    expect(server.socket.sent.map(({ type }) => type)).toEqual(['subscribe', 'publish']);
  });
});

describe('coming back', () => {
  it('[reconnect-1] by back-off with full jitter, with its session, until it is welcomed', () => {
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
    server.socket.welcome().end(1013, 'Redis is away');
    pass(100);
    expect(server.sockets).toHaveLength(7);
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

describe('signs of life', () => {
  it('asks when a heartbeat is late, and gives up when nothing came for two intervals', () => {
    const { server, told } = fakeClient();
    const { socket } = server;
    socket.welcome({ heartbeat_interval: 8 });
    pass(7_999);
    socket.say({ type: 'system.heartbeat', time: 't', active_connections: 1 });
    pass(11_999);
    expect(socket.sent).toEqual([{ type: 'system.ping' }]);
    pass(4_001);
    expect(told).toEqual(['live']);
    pass(2_000);
    expect(told.slice(0, 2)).toEqual(['live', 'away 1006, no sign of life']);
    expect(socket.closedWith).toBeDefined();
  });

  it('lives on any frame, at an interval of its own', () => {
    const { client, server } = fakeClient({ heartbeatMs: 100 });
    server.socket.welcome();
    for (let n = 1; n < 50; n += 1) {
      pass(99);
      server.socket.say('a frame of a later version');
    }
    expect(client.state).toBe('live');
    pass(250);
    expect(client.state).toBe('away');
  });
});

describe('what the platform says', () => {
  it('does not try while offline, and at once when online', () => {
    const { client, server, surroundings } = fakeClient();
    server.socket.welcome();
    surroundings.goOffline();
    expect(client.state).toBe('live');
    server.socket.end(1006);
    pass(100_000);
    expect(server.sockets).toHaveLength(1);
    surroundings.becomeVisible();
    expect(server.sockets).toHaveLength(1);
    surroundings.goOnline();
    expect(server.sockets).toHaveLength(2);
    expect(client.state).toBe('connecting');
  });

  it('stops waiting for its next attempt when it goes offline', () => {
    const { server, surroundings } = fakeClient();
    server.socket.welcome().end(1006);
    surroundings.goOffline();
    pass(100_000);
    expect(server.sockets).toHaveLength(1);
  });

  it('tries at once when the page is seen again', () => {
    const { server, surroundings } = fakeClient({ backoff: { minMs: 60_000, maxMs: 60_000 } });
    server.socket.welcome().end(1006);
    surroundings.becomeVisible();
    expect(server.sockets).toHaveLength(2);
  });

  it('asks a connection that it still has whether it is still there', () => {
    const { client, server, surroundings } = fakeClient();
    server.socket.welcome();
    surroundings.becomeVisible();
    expect(server.socket.all('system.ping')).toHaveLength(1);
    pass(15_000);
    expect(client.state).toBe('away');
  });
});
