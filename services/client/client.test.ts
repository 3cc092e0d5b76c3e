import { describe, expect, it, vi } from 'vitest';
import { ClientClosed } from './errors.js';
import { fakeClient, listening } from './testing/fake-client.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('closing', () => {
  it('[close-1000] with everything pending rejected, and for good', async () => {
    const { client, server, told } = fakeClient();
    server.socket.welcome();
    const pending = [client.publish('room', 1), client.history('room'), client.subscribe('room', () => {}).ready];
    const closed = client.close();
    for (const promise of pending) await expect(promise).rejects.toBeInstanceOf(ClientClosed);
    await closed;
    await client.close();
    pass(100_000);
    expect(server.socket.closedWith).toBe(1000);
    expect(server.sockets).toHaveLength(1);
    expect(told).toEqual(['live', 'closed 1000']);
  });

  it('ends while it waits for its next attempt', async () => {
    const { client, server } = fakeClient();
    server.socket.end(1006);
    await client.close();
    pass(100_000);
    expect(server.sockets).toHaveLength(1);
  });

  it('leaves no timer behind', async () => {
    const { client, server } = listening();
    server.socket.end(1012);
    pass(0);
    const { socket } = server;
    socket.welcome().say({ type: 'system.reconnect', after_ms: 50, deadline_ms: 9_000, reason: 'deploy' });
    void client.publish('room', 1).catch(() => {});
    for (const { id } of socket.sent) socket.say({ type: 'error', id, code: 'unavailable', message: 'Redis is away' });
    pass(50);
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits no longer than 5 seconds for a network that is gone', async () => {
    const { client, server } = fakeClient();
    const ended: string[] = [];
    client.on('ended', ({ code, reason }) => ended.push(`${code} ${reason}`));
    server.socket.welcome().close = () => {};
    const closed = client.close();
    pass(5_000);
    await closed;
    expect(ended).toEqual(['1006 no answer to a close']);
  });
});

describe('listeners', () => {
  it('are called until they are taken away, with each frame as it was', () => {
    const { client, server } = fakeClient();
    const seen: string[] = [];
    const stop = client.on('frame', (direction, text, via) => seen.push(`${direction} ${via} ${text}`));
    server.socket.welcome();
    server.socket.say('{"type":"system.later"}');
    void client.publish('room', 1).catch(() => {});
    stop();
    server.socket.say('{"type":"system.later"}');
    expect(seen[0]).toMatch(/^in blue 1 {"type":"system.welcome"/);
    expect(seen[1]).toBe('in blue 1 {"type":"system.later"}');
    expect(seen[2]).toMatch(/^out blue 1 {"type":"publish","channel":"room","data":1,"id":"[^"]+"}$/);
    expect(seen).toHaveLength(3);
  });

  it('may end the client', () => {
    const { client, server, told } = fakeClient();
    client.on('opened', () => void client.close());
    client.subscribe('room', () => {});
    server.socket.welcome();
    expect(told).toEqual(['closed 1000']);
  });
});
