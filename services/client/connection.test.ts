import { describe, expect, it, vi } from 'vitest';
import { Client } from './client.js';
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

  it.each([
    ['the welcome says 0', {}, 0],
    ['the welcome says less than nothing', {}, -1],
    ['an interval of 0 was asked for', { heartbeatMs: 0 }, 30],
    ['the interval is beyond all timers', {}, 1e300],
  ])('neither asks nor gives up where %s', (_, options, heartbeat_interval) => {
    const { client, server } = fakeClient(options);
    server.socket.welcome({ heartbeat_interval });
    const timers = vi.getTimerCount();
    pass(600_000);
    expect([client.state, server.socket.sent]).toEqual(['live', []]);
    expect(timers).toBe(heartbeat_interval > 30 ? 1 : 0);
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
